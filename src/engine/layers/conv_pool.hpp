#pragma once
// A convolution and the max-pool that alone reads it, as one step forward and one backward.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// Lays both, in the place of the pool.
Backward compile_conv_pool(PlanBuilder& plan, const NodeContext& conv, const NodeContext& pool);

}  // namespace ridgeline::engine
