#pragma once
// Activations: fused into the step before them where oneDNN can (ReLU and leaky ReLU), a step of
// their own elsewhere.

#include "engine/builder.hpp"

namespace ridgeline::engine {

/// What to fuse into the primitive that computes a layer: nothing unless `activation` is a ReLU.
dnn::FusedRelu fused_relu(std::string_view activation);
/// Whether a node is a ReLU and nothing else.
bool is_relu_layer(const NodeContext& node);

/// Lays the activation behind `source` as steps of its own and gives the result; `backward`
/// becomes what turns the gradient of the result into that of `source`.
struct ActivationSteps {
  Tensor result;
  std::function<Tensor(PlanBuilder&, const Tensor& gradient)> backward;
};
ActivationSteps lay_activation(PlanBuilder& plan, std::string_view activation, const Tensor& source,
                               const std::string& name);

/// The gradient behind a ReLU from that in front of it, by the sign of the ReLU's `result`.
Tensor lay_relu_mask(PlanBuilder& plan, float slope, const Tensor& result, const Tensor& gradient,
                     const std::string& name);

/// Sets a layer's value to `result` and its activation's, fused or not, and returns what turns
/// the gradient of the layer's output into that of `result` before the activation.
std::function<Tensor(const Tensor& gradient)> finish_with_activation(PlanBuilder& plan,
                                                                     const NodeContext& node,
                                                                     const Tensor& result);

}  // namespace ridgeline::engine
