#pragma once
// 3x3 convolutions of stride 1 without a pool behind them, by our own kernels.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// Whether the kernels fit: the convolution, and sums of its kernel's gradient that stay in a
/// cache.
bool fits_winograd(const PlanBuilder& plan, const NodeContext& conv);
Backward compile_conv_winograd(PlanBuilder& plan, const NodeContext& conv);

}  // namespace ridgeline::engine
