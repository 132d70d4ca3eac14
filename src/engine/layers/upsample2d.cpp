// Upsampling: to the nearest by our own kernels, bilinear by oneDNN's resampling, in whatever
// layout its source has.

#include "network/layers/upsample2d.hpp"

#include "engine/kernels/pool2d.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {
namespace {

Backward compile_nearest(PlanBuilder& plan, const NodeContext& node) {
  const int from = node.inputs[0];
  const Shape &in_shape = node.shapes[0], &out_shape = node.output;
  // As the sums of a pooling, the other way round.
  const kernels::Windows w{.channels = in_shape[0],
                           .height = out_shape[1],
                           .width = out_shape[2],
                           .pooled_height = in_shape[1],
                           .pooled_width = in_shape[2],
                           .kernel_height = out_shape[1] / in_shape[1],
                           .kernel_width = out_shape[2] / in_shape[2],
                           .step_height = out_shape[1] / in_shape[1],
                           .step_width = out_shape[2] / in_shape[2],
                           .sums = true};
  const dnn::Type type = dnn::type_of(plan.value(from).desc);
  const Tensor source =
      plan.reorder(plan.value(from), dnn::nhwc(plan.dims(in_shape), type), node.name);
  const Tensor result = plan.buffer(dnn::nhwc(plan.dims(out_shape), type));
  plan.run_by_image(node.name + " forward", "ridgeline:pool", {source, result},
                    [=](std::span<void* const> operands, const ShardRun& run) {
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        kernels::average_pool_backward(
                            w, run.end - run.begin,
                            in<T>(operands[0]) + run.begin * w.pooled_size(),
                            out<T>(operands[1]) + run.begin * w.source_size());
                      });
                    });
  plan.set_value(node.node, result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, result.desc, node.name + " gradient");
    const Tensor before = plan.buffer(source.desc);
    plan.run_by_image(node.name + " backward", "ridgeline:pool", {gradient, before},
                      [=](std::span<void* const> operands, const ShardRun& run) {
                        with_type(type, [&](auto number) {
                          using T = decltype(number);
                          kernels::average_pool(w, run.end - run.begin,
                                                in<T>(operands[0]) + run.begin * w.source_size(),
                                                out<T>(operands[1]) + run.begin * w.pooled_size());
                        });
                      });
    plan.add_gradient(from, before);
  };
}

Backward compile_resampling(PlanBuilder& plan, const NodeContext& node, dnn::algorithm how) {
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

}  // namespace

Backward compile_upsample2d(PlanBuilder& plan, const NodeContext& node) {
  if (static_cast<const network::Upsample2DSpec&>(node.spec).bilinear()) {
    return compile_resampling(plan, node, dnn::algorithm::resampling_linear);
  }
  if (!plan.fused()) return compile_resampling(plan, node, dnn::algorithm::resampling_nearest);
  return compile_nearest(plan, node);
}

}  // namespace ridgeline::engine
