#pragma once
// Which of our kernels, or oneDNN's, computes a convolution.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// All that may, the one that the table prefers first.
std::vector<Way> ways_of(const PlanBuilder& plan, const NodeContext& conv);
/// The one that does: what the plan's choices name, or else the first.
Way way_of(const PlanBuilder& plan, const NodeContext& conv);

}  // namespace ridgeline::engine
