#pragma once
// A convolution and a max-pool that is its only reader, as one step forward and one backward.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// Compiles both, in the place of the pool.
Backward compile_conv_pool(PlanBuilder& plan, const NodeContext& conv, const NodeContext& pool);

}  // namespace ridgeline::engine
