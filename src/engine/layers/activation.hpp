#pragma once
// Activations. ReLU and leaky ReLU are our own, because oneDNN's turn NaN into 0. Our kernels apply
// them to their results. oneDNN computes the others as separate steps.

#include <cmath>

#include "engine/builder.hpp"
#include "engine/kernels/elementwise.hpp"

namespace ridgeline::engine {

/// max(x, slope * x), at most the ceiling, at the end of a layer.
struct FusedRelu {
  bool present = false;
  kernels::Rectifier rectifier;
  bool bounded() const { return !std::isnan(rectifier.ceiling); }
  /// For kernels that only know a slope: a bounded ReLU is then the next step.
  bool in_kernel() const { return present && !bounded(); }
  float slope() const { return rectifier.slope; }
};
/// The ReLU that the step of a layer applies. Not present if `activation` is not a ReLU.
FusedRelu fused_relu(std::string_view activation);
/// Whether a node is a ReLU and nothing else.
bool is_relu_layer(const NodeContext& node);

/// The result of an activation in steps of its own. `backward` turns the gradient of the result
/// into that of the source.
struct ActivationSteps {
  Tensor result;
  std::function<Tensor(PlanBuilder&, const Tensor& gradient)> backward;
};
ActivationSteps add_activation(PlanBuilder& plan, std::string_view activation, const Tensor& source,
                               const std::string& name);

/// Adds a ReLU from one tensor to another of the same layout, or in place.
void add_relu(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& from, const Tensor& to,
              const std::string& name);
/// The gradient of a ReLU's input, from the gradient of its result and the `result` itself.
Tensor add_relu_mask(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& result,
                     const Tensor& gradient, const std::string& name);

/// Applies the layer's activation to `result`, unless it is fused, and sets the layer's value.
/// Returns the function that turns the gradient of the layer's output into that of `result` before
/// the activation.
std::function<Tensor(const Tensor& gradient)> finish_with_activation(PlanBuilder& plan,
                                                                     const NodeContext& node,
                                                                     const Tensor& result);

}  // namespace ridgeline::engine
