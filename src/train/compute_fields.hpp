#pragma once
// The fields of ComputeOptions, each once. The keys [train] of the experiment file, the fingerprint
// of a run and the model file follow this table.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tuple>

#include "ridgeline/compute.hpp"

namespace ridgeline::train {

template <typename Value>
struct ComputeField {
  std::string_view name;
  Value ComputeOptions::*member;
  std::string_view meaning;  ///< a line for people
};
template <typename Value>
ComputeField(std::string_view, Value ComputeOptions::*, std::string_view) -> ComputeField<Value>;

inline constexpr auto compute_fields = std::tuple(
    ComputeField{"precision", &ComputeOptions::precision,
                 "bf16: activations and their gradients in half the memory; weights stay fp32"},
    ComputeField{
        "kernels", &ComputeOptions::kernels,
        "the algorithm of single convolutions: LAYER=onednn, direct or winograd; others by a fixed "
        "table"},
    ComputeField{"winograd", &ComputeOptions::winograd,
                 "Winograd's algorithm for the convolutions that it makes faster"});

template <typename Visit>
void for_each_compute_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, compute_fields);
}

}  // namespace ridgeline::train
