#pragma once
// A batch normalisation and the ReLU after it are one step, also with the addition of a residual
// network's shortcut between the two.

#include <optional>

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// The nodes that are fused with a ReLU.
struct NormIntoRelu {
  NodeContext norm;
  std::optional<NodeContext> add;
  int shortcut = Node::image;  ///< the other summand of `add`
};
/// The nodes that are fused with an activation node, if any.
std::optional<NormIntoRelu> norm_into_relu(const PlanBuilder& plan, const NodeContext& activation);
/// Whether a normalisation, or an addition after one, is fused with the ReLU after it.
bool goes_into_relu(const PlanBuilder& plan, const NodeContext& node);

/// Compiles all of them, in the place of the activation.
Backward compile_norm_into_relu(PlanBuilder& plan, const NormIntoRelu& nodes,
                                const NodeContext& activation);

}  // namespace ridgeline::engine
