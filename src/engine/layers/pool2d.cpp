// Poolings by oneDNN. Max-pooling keeps the position of each maximum (the first in row-major
// order where several are equal). Where it alone reads a fused ReLU, it applies the ReLU's
// backward mask to its own output's gradient: the same numbers on a quarter of the data.

#include "network/layers/pool2d.hpp"

#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/conv_pool.hpp"
#include "engine/layers/window.hpp"

namespace ridgeline::engine {
namespace {

using dnnl::algorithm;

Backward compile_pooling(PlanBuilder& plan, const NodeContext& node, algorithm how,
                         const dnn::Window& window) {
  const int from = node.inputs[0];
  const Tensor source = plan.for_onednn(plan.value(from), node.name);
  dnn::Dims dims = plan.dims(node.output);
  dims.resize(4, 1);  // global pooling's output is {channels} to the network
  const auto forward = dnn::pooling(plan.kind(), how, source.desc,
                                    dnn::any(dims, dnn::type_of(source.desc)), window);
  const Tensor result = plan.buffer(forward.dst_desc());
  const bool remembers = plan.training() && how == algorithm::pooling_max;
  const Tensor positions = remembers ? plan.buffer(forward.workspace_desc()) : Tensor{};
  std::vector<std::pair<int, Tensor>> arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}};
  if (remembers) arguments.emplace_back(DNNL_ARG_WORKSPACE, positions);
  plan.run(node.name + " forward", forward, dnnl::pooling_forward(forward), std::move(arguments));
  plan.set_value(node.node, result);

  return [=, &plan](const Tensor& output_gradient) {
    Tensor gradient = plan.reorder(output_gradient, result.desc, node.name + " gradient");
    if (const auto slope = plan.maskable_relu(from); slope && remembers) {
      gradient = lay_relu_mask(plan, *slope, result, gradient, node.name);
      plan.set_masked(from);
    }
    const auto desc = dnn::pooling_backward(how, source.desc, result.desc, window, forward);
    const Tensor before = plan.buffer(desc.diff_src_desc());
    std::vector<std::pair<int, Tensor>> arguments{{DNNL_ARG_DIFF_DST, gradient},
                                                  {DNNL_ARG_DIFF_SRC, before}};
    if (remembers) arguments.emplace_back(DNNL_ARG_WORKSPACE, positions);
    plan.run(node.name + " backward", desc, dnnl::pooling_backward(desc), std::move(arguments));
    plan.add_gradient(from, before);
  };
}

}  // namespace

Backward compile_max_pool2d(PlanBuilder& plan, const NodeContext& node) {
  if (plan.deferred(node.inputs[0])) {
    return compile_conv_pool(plan, plan.context(node.inputs[0]), node);
  }
  const auto& spec = static_cast<const network::MaxPool2DSpec&>(node.spec);
  return compile_pooling(plan, node, algorithm::pooling_max,
                         onednn_window(spec.window(), node.shapes[0]));
}

Backward compile_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const auto& spec = static_cast<const network::AveragePool2DSpec&>(node.spec);
  return compile_pooling(plan, node, algorithm::pooling_avg_exclude_padding,
                         onednn_window(spec.window(), node.shapes[0]));
}

Backward compile_global_average_pool2d(PlanBuilder& plan, const NodeContext& node) {
  const Shape& in = node.shapes[0];
  const dnn::Window whole{{in[1], in[2]}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};
  const Backward pooling =
      compile_pooling(plan, node, algorithm::pooling_avg_exclude_padding, whole);
  const Tensor pooled = plan.plain(plan.value(node.node), node.name);
  Tensor flat = pooled;
  flat.desc = dnn::plain(plan.dims(node.output));
  plan.set_value(node.node, flat);
  return [&plan, node, pooled, pooling](const Tensor& gradient) {
    Tensor unflattened = plan.plain(gradient, node.name + " gradient");
    unflattened.desc = pooled.desc;
    pooling(unflattened);
  };
}

}  // namespace ridgeline::engine
