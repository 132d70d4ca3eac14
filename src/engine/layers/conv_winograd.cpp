#include "engine/layers/conv_winograd.hpp"

#include <algorithm>

#include "engine/kernels/winograd.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/conv_parameters.hpp"
#include "engine/layers/operands.hpp"
#include "network/layers/conv2d.hpp"
#include "network/padding.hpp"

namespace ridgeline::engine {
namespace {

using kernels::Conv3x3;

const Conv2D& options_of(const NodeContext& conv) {
  return static_cast<const network::Conv2DSpec&>(conv.spec).options();
}

Conv3x3 shape_of(const NodeContext& conv) {
  const Conv2D& o = options_of(conv);
  const Shape &in = conv.shapes[0], &out = conv.output;
  const network::Placement p =
      network::place({o.kernel, o.stride, o.dilation, o.padding}, in[1], in[2]);
  return {in[0], in[1], in[2], out[0], out[1], out[2], p.top, p.left};
}

std::int64_t products(const Conv3x3& s) {
  const std::int64_t tiles = (s.output_height + 1) / 2 * ((s.output_width + 1) / 2);
  return 2 * 16 * tiles * s.channels * s.filters;
}

void add_backward_weights(PlanBuilder& plan, const std::string& name, const Conv3x3& s,
                          const Tensor& source, const Tensor& gradient, const Tensor& kernel,
                          const std::optional<Tensor>& bias, std::int64_t flops) {
  const Tensor sums = plan.buffer(dnn::plain({s.packed_size()}));
  const std::int64_t images = plan.images();
  const bool has_bias = bias.has_value();
  const dnn::Type type = plan.kept();
  plan.run_by_image(name + " backward weights", "ridgeline:winograd",
                    {source, gradient, sums, PlanBuilder::gradient_of(kernel),
                     PlanBuilder::gradient_of(bias.value_or(kernel)), plan.scratch(s.scratch())},
                    [=](std::span<void* const> operands, const ShardRun& run) {
                      float* bias_gradient = has_bias ? out(operands[4]) : nullptr;
                      if (run.begin == 0) {
                        std::fill_n(out(operands[2]), s.packed_size(), 0.0F);
                        if (has_bias) std::fill_n(bias_gradient, s.filters, 0.0F);
                      }
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        kernels::conv3x3_backward_weights(
                            s,
                            {run.end - run.begin, in<T>(operands[0]) + run.begin * s.source_size(),
                             in<T>(operands[1]) + run.begin * s.output_size(), out(operands[2]),
                             bias_gradient, operands[5]});
                      });
                      if (run.end < images) return;
                      kernels::conv3x3_sums_to_plain(s, in(operands[2]), out(operands[3]));
                    },
                    {flops, products(s) * images});
}

// The gradient of the source, with the mask of its ReLU if this step may apply it.
Tensor add_backward_data(PlanBuilder& plan, const std::string& name, const Conv3x3& s, int from,
                         const Tensor& source, const Tensor& gradient, const Tensor& kernel,
                         std::int64_t flops) {
  const Conv3x3 back = s.backward();
  const Tensor packed = plan.packed(
      kernel, back.packed_size(), "winograd backward",
      [s](const float* from, float* to) { kernels::conv3x3_pack_backward(s, from, to); });
  const Tensor result = plan.buffer(source.desc);
  const auto others = plan.take_gradient(from, source.desc);
  const auto relu = plan.maskable_relu(from);
  if (relu) plan.set_masked(from);
  const dnn::Type type = plan.kept();
  plan.run_by_image(
      name + " backward data", "ridgeline:winograd",
      {gradient, packed, source, result, others.value_or(source), plan.scratch(back.scratch())},
      [=, has_others = others.has_value()](std::span<void* const> operands, const ShardRun& run) {
        const std::int64_t image = run.begin * s.source_size();
        with_type(type, [&](auto number) {
          using T = decltype(number);
          kernels::conv3x3_forward(back,
                                   {.images = run.end - run.begin,
                                    .source = in<T>(operands[0]) + run.begin * s.output_size(),
                                    .kernel = in(operands[1]),
                                    .bias = nullptr,
                                    .output = out<T>(operands[3]) + image,
                                    .addend = has_others ? in<T>(operands[4]) + image : nullptr,
                                    .mask = relu ? in<T>(operands[2]) + image : nullptr,
                                    .mask_slope = relu.value_or(0),
                                    .scratch = operands[5],
                                    .share = run.share});
        });
      },
      {flops, products(back) * plan.images()});
  plan.share_last_step();
  return result;
}

}  // namespace

bool fits_winograd(const PlanBuilder& plan, const NodeContext& conv) {
  const Conv2D& o = options_of(conv);
  if (!plan.compute().winograd || o.kernel != Pair(3) || o.stride != Pair(1) ||
      o.dilation != Pair(1) || o.groups != 1) {
    return false;
  }
  const Conv3x3 s = shape_of(conv);
  constexpr std::int64_t most = 256 * 256;
  return s.channels * s.filters <= most && std::max(s.top, s.left) <= 2;
}

Backward compile_conv_winograd(PlanBuilder& plan, const NodeContext& node) {
  const Conv3x3 s = shape_of(node);
  const std::int64_t flops = node.spec.flops(node.shapes) * plan.images();
  const int from = node.inputs[0];
  const dnn::Type type = plan.kept();
  const Tensor source =
      plan.reorder(plan.value(from), dnn::nhwc(plan.dims(node.shapes[0]), type), node.name);
  const ConvParameters parameters(plan, node, {s.filters, s.channels, 3, 3});
  const Tensor kernel = parameters.kernel();
  const std::optional<Tensor> bias = parameters.bias();
  const Tensor packed =
      parameters.copy(s.packed_size(), "winograd",
                      [s](const float* from, float* to) { kernels::conv3x3_pack(s, from, to); });
  const FusedRelu relu = fused_relu(parameters.activation());
  const Tensor result = plan.buffer(dnn::nhwc(plan.dims(node.output), type));
  plan.run_by_image(
      node.name + " forward", "ridgeline:winograd",
      {source, packed, bias.value_or(kernel), result, plan.scratch(s.scratch())},
      [=, has_bias = bias.has_value()](std::span<void* const> operands, const ShardRun& run) {
        with_type(type, [&](auto number) {
          using T = decltype(number);
          kernels::conv3x3_forward(s, {.images = run.end - run.begin,
                                       .source = in<T>(operands[0]) + run.begin * s.source_size(),
                                       .kernel = in(operands[1]),
                                       .bias = has_bias ? in(operands[2]) : nullptr,
                                       .output = out<T>(operands[3]) + run.begin * s.output_size(),
                                       .slope = relu.in_kernel() ? relu.slope() : 1,
                                       .scratch = operands[4],
                                       .share = run.share});
        });
      },
      {flops, products(s) * plan.images()});
  plan.share_last_step();
  if (relu.bounded()) add_relu(plan, relu.rectifier, result, result, node.name);
  if (parameters.finish(result)) return {};
  const auto before_activation = finish_with_activation(plan, node, result);

  return [=, &plan](const Tensor& output_gradient) {
    const Tensor gradient =
        plan.reorder(before_activation(output_gradient), result.desc, node.name + " gradient");
    add_backward_weights(plan, node.name, s, source, gradient, kernel, bias, flops);
    if (!plan.needs_gradient(from)) return;
    plan.add_gradient(from,
                      add_backward_data(plan, node.name, s, from, source, gradient, kernel, flops));
  };
}

}  // namespace ridgeline::engine
