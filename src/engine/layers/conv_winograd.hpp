#pragma once
// 3x3 convolutions of stride 1 that are not fused with a pool, by our own kernels.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// Whether our kernels can compute the convolution, and the sums of its kernel's gradient fit a
/// cache.
bool fits_winograd(const PlanBuilder& plan, const NodeContext& conv);
Backward compile_conv_winograd(PlanBuilder& plan, const NodeContext& conv);

}  // namespace ridgeline::engine
