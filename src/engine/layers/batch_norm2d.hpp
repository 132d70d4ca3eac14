#pragma once
// A batch normalisation, and a ReLU behind it, are one step; so is the addition of a residual
// network's shortcut between the two.

#include <optional>

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// What ends in the ReLU of node `activation`.
struct NormIntoRelu {
  NodeContext norm;
  std::optional<NodeContext> add;
  int shortcut = Node::image;  ///< what else is added
};
/// What an activation node computes beside itself; nothing where that is nothing.
std::optional<NormIntoRelu> norm_into_relu(const PlanBuilder& plan, const NodeContext& activation);
/// Whether a normalisation, or an addition behind one, is computed with the ReLU behind it.
bool goes_into_relu(const PlanBuilder& plan, const NodeContext& node);

/// Lays all of it, in the place of the activation.
Backward compile_norm_into_relu(PlanBuilder& plan, const NormIntoRelu& nodes,
                                const NodeContext& activation);

}  // namespace ridgeline::engine
