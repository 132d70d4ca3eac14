#pragma once
// Choices in how a network is computed. Each of them affects the last bits of the results, so a
// resumed run needs the same ones.

#include <string>
#include <vector>

#include "ridgeline/precision.hpp"

namespace ridgeline {

struct ComputeOptions {
  Precision precision = Precision::fp32;  ///< of activations; also in evaluate and predict
  /// Uses Winograd's minimal filtering for the convolutions that it makes faster. It needs less
  /// than half the products and has about twice the rounding error of fp32 sums.
  bool winograd = true;
  /// The algorithm of single convolutions: "conv2d_1=winograd", "conv2d_1=direct" (fused with the
  /// max-pool that follows) or "conv2d_1=onednn". A fixed table chooses for all others.
  std::vector<std::string> kernels = {};
  friend bool operator==(const ComputeOptions&, const ComputeOptions&) = default;
};

}  // namespace ridgeline
