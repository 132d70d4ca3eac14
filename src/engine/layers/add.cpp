// The sum of inputs of equal shape. Its gradient is each input's, unchanged.

#include "engine/layers/batch_norm2d.hpp"
#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {

Backward compile_add(PlanBuilder& plan, const NodeContext& node) {
  if (goes_into_relu(plan, node)) {
    plan.defer(node.node);
    return {};
  }
  std::vector<std::pair<int, Tensor>> arguments;
  std::vector<dnn::Desc> sources;
  const dnn::Desc layout = plan.for_onednn(plan.value(node.inputs[0]), node.name).desc;
  for (const int input : node.inputs) {
    const Tensor source = plan.reorder(plan.value(input), layout, node.name);
    arguments.emplace_back(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(sources.size()), source);
    sources.push_back(layout);
  }
  const auto desc = dnn::sum(sources);
  const Tensor result = plan.buffer(layout);
  arguments.emplace_back(DNNL_ARG_DST, result);
  plan.run(node.name + " forward", desc, dnnl::sum(desc), std::move(arguments));
  plan.set_value(node.node, result);
  return [&plan, node](const Tensor& gradient) {
    for (const int input : node.inputs) {
      if (plan.needs_gradient(input)) plan.add_gradient(input, gradient);
    }
  };
}

}  // namespace ridgeline::engine
