// The sum of inputs of equal shape. Its gradient is each input's, unchanged.

#include "engine/layers/batch_norm2d.hpp"
#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {

Backward compile_add(PlanBuilder& plan, const NodeContext& node) {
  if (goes_into_relu(plan, node)) {
    plan.leave_to_reader(node.node);
    return {};
  }
  Tensor result = plan.value(node.inputs[0]);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    result = plan.sum(result, plan.reorder(plan.value(node.inputs[i]), result.desc, node.name),
                      node.name + " forward");
  }
  plan.set_value(node.node, result);
  return [&plan, node](const Tensor& gradient) {
    for (const int input : node.inputs) {
      if (plan.needs_gradient(input)) plan.add_gradient(input, gradient);
    }
  };
}

}  // namespace ridgeline::engine
