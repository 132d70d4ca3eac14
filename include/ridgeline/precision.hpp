#pragma once
// The number format of activations and their gradients.

#include <optional>
#include <string_view>

namespace ridgeline {

enum class Precision {
  fp32,
  /// bfloat16: 8 bits of precision, the range of fp32. Activations and their gradients need half
  /// the memory. Weights, optimiser, penalty, statistics and sums are still fp32.
  bf16,
};

constexpr std::string_view name_of(Precision precision) {
  return precision == Precision::bf16 ? "bf16" : "fp32";
}
constexpr std::optional<Precision> precision_named(std::string_view name) {
  if (name == "fp32") return Precision::fp32;
  if (name == "bf16") return Precision::bf16;
  return std::nullopt;
}

}  // namespace ridgeline
