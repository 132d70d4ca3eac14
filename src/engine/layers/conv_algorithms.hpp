#pragma once
// Which algorithm computes a convolution.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// All algorithms that can compute the convolution, the default first.
std::vector<ConvAlgorithm> algorithms_for(const PlanBuilder& plan, const NodeContext& conv);
/// The algorithm that the plan uses: the one that train.kernels names, or else the default.
ConvAlgorithm algorithm_for(const PlanBuilder& plan, const NodeContext& conv);

}  // namespace ridgeline::engine
