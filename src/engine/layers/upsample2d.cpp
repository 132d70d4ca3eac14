// Upsampling by oneDNN's resampling, in the layout of the source.

#include "network/layers/upsample2d.hpp"

#include "engine/layers/compilers.hpp"

namespace ridgeline::engine {

Backward compile_upsample2d(PlanBuilder& plan, const NodeContext& node) {
  const bool bilinear = static_cast<const network::Upsample2DSpec&>(node.spec).bilinear();
  const auto how =
      bilinear ? dnn::algorithm::resampling_linear : dnn::algorithm::resampling_nearest;
  const int from = node.inputs[0];
  const Tensor source = plan.for_onednn(plan.value(from), node.name);
  const auto forward = dnn::resampling(plan.kind(), how, source.desc,
                                       dnn::any(plan.dims(node.output), dnn::type_of(source.desc)));
  const Tensor result = plan.buffer(forward.dst_desc());
  plan.run(node.name + " forward", forward, dnnl::resampling_forward(forward),
           {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  plan.set_value(node.node, result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, result.desc, node.name + " gradient");
    const auto desc = dnn::resampling_backward(how, source.desc, result.desc, forward);
    const Tensor before = plan.buffer(desc.diff_src_desc());
    plan.run(node.name + " backward", desc, dnnl::resampling_backward(desc),
             {{DNNL_ARG_DIFF_DST, gradient}, {DNNL_ARG_DIFF_SRC, before}});
    plan.add_gradient(from, before);
  };
}

}  // namespace ridgeline::engine
