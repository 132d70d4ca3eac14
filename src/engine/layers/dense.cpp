// Dense layers by our own kernels, which compute with the plain master kernel.

#include "network/layers/dense.hpp"

#include "engine/kernels/dense.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {
Backward compile_dense(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::DenseSpec&>(node.spec).options();
  const kernels::DenseShape shape{plan.images(), node.shapes[0][0], o.units};
  const std::int64_t flops = node.spec.flops(node.shapes) * plan.images();
  const bool has_bias = o.use_bias;
  const Tensor source = plan.plain(plan.value(node.inputs[0]), node.name);
  const Tensor kernel = plan.parameter(node.node, "kernel", {shape.outputs, shape.inputs});
  const Tensor bias = has_bias ? plan.parameter(node.node, "bias", {shape.outputs}) : kernel;
  const FusedRelu relu = fused_relu(node.activation);

  const Tensor result = plan.buffer(dnn::plain(plan.dims(node.output)));
  plan.run_kernel(
      node.name + " forward", {source, kernel, bias, result},
      [=](std::span<void* const> operands, const ShardRun& run) {
        // Threads share the outputs of a single image, or the images if there are several.
        const bool alone = shape.images == 1;
        const std::int64_t count = alone ? shape.outputs : shape.images;
        const std::int64_t first = run.share.begin(count), mine = run.share.end(count) - first;
        const std::int64_t output = alone ? first : 0, image = alone ? 0 : first;
        kernels::dense_forward(
            {alone ? 1 : mine, shape.inputs, alone ? mine : shape.outputs},
            {in(operands[0]) + image * shape.inputs, in(operands[1]) + output * shape.inputs,
             has_bias ? in(operands[2]) + output : nullptr,
             out(operands[3]) + image * shape.outputs + output, relu.in_kernel(), relu.slope()});
      },
      flops);
  plan.share_last_step();
  if (relu.bounded()) add_relu(plan, relu.rectifier, result, result, node.name);
  const auto before_activation = finish_with_activation(plan, node, result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient = plan.plain(before_activation(output_gradient), node.name + " gradient");
    plan.leave_product(kernel, source, gradient, flops);
    if (has_bias) {
      plan.run_kernel(node.name + " backward bias", {gradient, PlanBuilder::gradient_of(bias)},
                      [=](std::span<void* const> operands, const ShardRun&) {
                        kernels::dense_bias_gradient(shape, in(operands[0]), out(operands[1]));
                      });
    }
    const int from = node.inputs[0];
    if (!plan.needs_gradient(from)) return;
    const Tensor before = plan.buffer(source.desc);
    plan.run_kernel(
        node.name + " backward data", {kernel, gradient, before},
        [=](std::span<void* const> operands, const ShardRun&) {
          kernels::dense_backward_data(shape, in(operands[0]), in(operands[1]), out(operands[2]));
        },
        flops);
    plan.add_gradient(from, before);
  };
}

}  // namespace ridgeline::engine
