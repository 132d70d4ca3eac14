#pragma once
// How a network is computed, where there is a choice. Each of these decides the last bits of the
// results, and so belongs to what a run is resumed with.

#include <string>
#include <vector>

#include "ridgeline/precision.hpp"

namespace ridgeline {

struct ComputeOptions {
  Precision precision = Precision::fp32;  ///< of activations, in evaluate and predict too
  /// Convolutions by Winograd's minimal filtering where it pays: less than half the products, about
  /// twice the rounding error of fp32 sums.
  bool winograd = true;
  /// What computes which convolution: "conv2d_1=winograd", "...=direct" (ours, together with the
  /// max-pool that follows) or "...=onednn". A fixed table decides for the others.
  std::vector<std::string> kernels = {};
  friend bool operator==(const ComputeOptions&, const ComputeOptions&) = default;
};

}  // namespace ridgeline
