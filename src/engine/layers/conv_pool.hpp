#pragma once
// A convolution and the max-pool that alone reads it, as one step forward and one backward.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// Whether a convolution's only reader is a max-pool and both are of the kind that the fused
/// kernel computes: no groups, no dilation, no padding of the pool, a ReLU or nothing between.
bool goes_into_pool(const PlanBuilder& plan, const NodeContext& conv);

/// Lays both, in the place of the pool.
Backward compile_conv_pool(PlanBuilder& plan, const NodeContext& conv, const NodeContext& pool);

}  // namespace ridgeline::engine
