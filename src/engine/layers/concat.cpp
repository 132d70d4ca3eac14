// Inputs side by side along the channels, in the plain layout, of which each part is a view.

#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {

Backward compile_concat(PlanBuilder& plan, const NodeContext& node) {
  std::vector<std::pair<int, Tensor>> arguments;
  std::vector<dnn::Desc> sources;
  for (const int input : node.inputs) {
    const Tensor source = plan.plain(plan.value(input), node.name);
    arguments.emplace_back(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(sources.size()), source);
    sources.push_back(source.desc);
  }
  const dnn::Desc whole = dnn::plain(plan.dims(node.output));
  const auto desc = dnn::concat(whole, 1, sources);
  const Tensor result = plan.buffer(whole);
  arguments.emplace_back(DNNL_ARG_DST, result);
  plan.run(node.name + " forward", desc, dnnl::concat(desc), std::move(arguments));
  plan.set_value(node.node, result);
  return [&plan, node, sources](const Tensor& gradient) {
    const Tensor all = plan.plain(gradient, node.name + " gradient");
    dnn::Dims offset(dnn::dims_of(all.desc).size(), 0);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const dnn::Dims part = dnn::dims_of(sources[i]);
      if (plan.needs_gradient(node.inputs[i])) {
        const dnn::Desc view = all.desc.submemory_desc(part, offset);
        const auto reorder = dnn::reorder(view, sources[i]);
        const Tensor result = plan.buffer(sources[i]);
        plan.run(node.name + " backward", reorder, dnnl::reorder(reorder),
                 {{DNNL_ARG_FROM, {view, all.space, all.index}}, {DNNL_ARG_TO, result}});
        plan.add_gradient(node.inputs[i], result);
      }
      offset[1] += part[1];
    }
  };
}

}  // namespace ridgeline::engine
