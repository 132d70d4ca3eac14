#pragma once
// Who computes a convolution, and with it the max-pool behind it.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::engine {

enum class Way {
  onednn,    ///< oneDNN, dense; a pool behind it is a step of its own
  direct,    ///< ours, with the max-pool behind it in one
  winograd,  ///< ours, by Winograd's minimal filtering, with a max-pool behind it in one
};

constexpr std::array<std::pair<Way, std::string_view>, 3> way_names{
    {{Way::onednn, "onednn"}, {Way::direct, "direct"}, {Way::winograd, "winograd"}}};

inline std::string_view name_of(Way way) {
  return way_names[static_cast<std::size_t>(way)].second;
}
inline std::optional<Way> way_named(std::string_view name) {
  for (const auto& [way, known] : way_names) {
    if (known == name) return way;
  }
  return std::nullopt;
}

/// By layer. A layer that is not named is computed as the table of conv_ways.cpp says.
using Choices = std::map<std::string, Way>;
/// From ComputeOptions::kernels. Throws UsageError for a text that is not LAYER=WAY.
Choices choices_of(const std::vector<std::string>& kernels);

/// What oneDNN is given in bf16, where activations are kept so; the rest is converted.
enum class Bf16Use {
  none,
  steps,         ///< pools, activations, sums
  convolutions,  ///< and convolutions
};

/// What may compute a layer's convolution.
struct ConvolutionWays {
  std::string layer;
  int node = 0;
  bool into_pool = false;  ///< its only reader is a max-pool that may be one with it
  bool deeper = false;     ///< the gradient of its source is needed
  std::vector<Way> ways;   ///< the first is what the table says
};

}  // namespace ridgeline::engine
