#pragma once
// Activations. ReLU and leaky ReLU are ours: oneDNN's turns NaN into 0. Our kernels apply them to
// what they have just computed. The others are steps of oneDNN's.

#include <cmath>

#include "engine/builder.hpp"
#include "engine/kernels/elementwise.hpp"

namespace ridgeline::engine {

/// max(x, slope * x), at most the ceiling, at the end of a layer.
struct FusedRelu {
  bool present = false;
  kernels::Rectifier rectifier;
  bool bounded() const { return !std::isnan(rectifier.ceiling); }
  /// For kernels that know a slope only: a layer with a bounded ReLU lays it as the next step.
  bool in_kernel() const { return present && !bounded(); }
  float slope() const { return rectifier.slope; }
};
/// What the step that computes a layer does too: nothing unless `activation` is a ReLU.
FusedRelu fused_relu(std::string_view activation);
/// Whether a node is a ReLU and nothing else.
bool is_relu_layer(const NodeContext& node);

/// Lays the activation behind `source` as steps of its own and gives the result; `backward`
/// becomes what turns the gradient of the result into that of `source`.
struct ActivationSteps {
  Tensor result;
  std::function<Tensor(PlanBuilder&, const Tensor& gradient)> backward;
};
ActivationSteps add_activation(PlanBuilder& plan, std::string_view activation, const Tensor& source,
                               const std::string& name);

/// Lays a ReLU from one tensor to another of its layout, which may be the same.
void add_relu(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& from, const Tensor& to,
              const std::string& name);
/// The gradient of a ReLU's input from that of its result, by the `result`.
Tensor add_relu_mask(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& result,
                     const Tensor& gradient, const std::string& name);

/// Sets a layer's value to `result` and its activation's, fused or not, and returns what turns
/// the gradient of the layer's output into that of `result` before the activation.
std::function<Tensor(const Tensor& gradient)> finish_with_activation(PlanBuilder& plan,
                                                                     const NodeContext& node,
                                                                     const Tensor& result);

}  // namespace ridgeline::engine
