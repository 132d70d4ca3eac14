// {C, H, W} to {C * H * W}: the plain layout under another shape.

#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {

Backward compile_flatten(PlanBuilder& plan, const NodeContext& node) {
  const int from = node.inputs[0];
  const Tensor source = plan.plain(plan.value(from), node.name);
  Tensor result = source;
  result.desc = dnn::plain(plan.dims(node.output));
  plan.set_value(node.node, result);
  return [&plan, node, from, source](const Tensor& gradient) {
    Tensor unflattened = plan.plain(gradient, node.name + " gradient");
    unflattened.desc = source.desc;
    plan.add_gradient(from, unflattened);
  };
}

}  // namespace ridgeline::engine
