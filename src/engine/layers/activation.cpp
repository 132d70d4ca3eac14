#include "engine/layers/activation.hpp"

#include <cmath>

#include "engine/kernels/channels.hpp"
#include "engine/kernels/elementwise.hpp"
#include "engine/layers/batch_norm2d.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"
#include "network/activation.hpp"

namespace ridgeline::engine {
namespace {

using network::Activation;
using Kind = Activation::Kind;

// How oneDNN computes an activation. If the derivative follows from the result, the backward pass
// uses the result, so that the input need not be kept.
struct Recipe {
  dnnl::algorithm forward;
  dnnl::algorithm backward;
  bool from_result;
  float alpha;
};

Recipe recipe(const Activation& activation) {
  using dnnl::algorithm;
  switch (activation.kind) {
    case Kind::sigmoid:
      return {algorithm::eltwise_logistic, algorithm::eltwise_logistic_use_dst_for_bwd, true, 0};
    case Kind::tanh:
      return {algorithm::eltwise_tanh, algorithm::eltwise_tanh_use_dst_for_bwd, true, 0};
    case Kind::gelu:
      return {algorithm::eltwise_gelu_erf, algorithm::eltwise_gelu_erf, false, 0};
    default:
      return {algorithm::eltwise_swish, algorithm::eltwise_swish, false, 1};
  }
}

bool is_relu(const Activation& activation) {
  return activation.kind == Kind::relu || activation.kind == Kind::leaky_relu ||
         activation.kind == Kind::relu6;
}

Tensor add_backward(PlanBuilder& plan, const Recipe& recipe, const Tensor& kept,
                    const Tensor& gradient, const std::string& name) {
  const auto forward =
      dnn::eltwise(dnnl::prop_kind::forward_training, recipe.forward, kept.desc, recipe.alpha);
  const auto desc =
      dnn::eltwise_backward(recipe.backward, kept.desc, kept.desc, recipe.alpha, forward);
  const Tensor result = plan.buffer(kept.desc);
  plan.run(name + " activation backward", desc, dnnl::eltwise_backward(desc),
           {{recipe.from_result ? DNNL_ARG_DST : DNNL_ARG_SRC, kept},
            {DNNL_ARG_DIFF_DST, plan.reorder(gradient, kept.desc, name + " gradient")},
            {DNNL_ARG_DIFF_SRC, result}});
  return result;
}

float number(float value) {
  return value;
}
float number(Bf16 value) {
  float wide = 0;
  kernels::widen(&value, 1, &wide);
  return wide;
}

// oneDNN's softmax gives NaN only for channels where its source is NaN. All probabilities of such a
// pixel must be NaN, because their sum is.
template <typename T>
void spread_nan(const kernels::ChannelView& v, T* y) {
  for (std::int64_t n = 0; n < v.images; ++n, y += v.blocks * v.pixels * v.lanes) {
    for (std::int64_t p = 0; p < v.pixels; ++p) {
      const auto at = [&](std::int64_t c) {
        return (c / v.lanes * v.pixels + p) * v.lanes + c % v.lanes;
      };
      std::int64_t c = 0;
      while (c < v.channels && !std::isnan(number(y[at(c)]))) ++c;
      if (c == v.channels) continue;
      const T nan = y[at(c)];
      for (c = 0; c < v.channels; ++c) y[at(c)] = nan;
    }
  }
}

ActivationSteps add_softmax(PlanBuilder& plan, Tensor source, const std::string& name) {
  if (!kernels::channel_view(source.desc)) source = plan.plain(source, name);
  const kernels::ChannelView view = *kernels::channel_view(source.desc);
  const auto forward = dnn::softmax(plan.kind(), source.desc);
  const Tensor result = plan.buffer(source.desc);
  plan.run(name + " softmax", forward, dnnl::softmax_forward(forward),
           {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  plan.run_kernel(
      name + " softmax", {result}, [view](std::span<void* const> operands, const ShardRun&) {
        with_type(view.type,
                  [&](auto type) { spread_nan(view, out<decltype(type)>(operands[0])); });
      });
  return {result, [result, forward, name](PlanBuilder& plan, const Tensor& gradient) {
            const auto desc = dnn::softmax_backward(result.desc, result.desc, forward);
            const Tensor before = plan.buffer(result.desc);
            plan.run(name + " softmax backward", desc, dnnl::softmax_backward(desc),
                     {{DNNL_ARG_DST, result},
                      {DNNL_ARG_DIFF_DST, plan.reorder(gradient, result.desc, name + " gradient")},
                      {DNNL_ARG_DIFF_SRC, before}});
            return before;
          }};
}

}  // namespace

FusedRelu fused_relu(std::string_view text) {
  const Activation activation = network::parse_activation(text);
  FusedRelu relu{is_relu(activation), {.slope = static_cast<float>(activation.slope)}};
  if (activation.kind == Kind::relu6) relu.rectifier.ceiling = 6;
  return relu;
}

bool is_relu_layer(const NodeContext& node) {
  return node.spec.kind() == "activation" && fused_relu(node.activation).present;
}

ActivationSteps add_activation(PlanBuilder& plan, std::string_view text, const Tensor& source,
                               const std::string& name) {
  const Activation activation = network::parse_activation(text);
  if (activation.kind == Kind::linear) {
    return {source, [](PlanBuilder&, const Tensor& gradient) { return gradient; }};
  }
  if (activation.kind == Kind::softmax) return add_softmax(plan, source, name);
  if (is_relu(activation)) {
    const kernels::Rectifier rectifier = fused_relu(text).rectifier;
    const Tensor result = plan.buffer(source.desc);
    add_relu(plan, rectifier, source, result, name);
    return {result, [rectifier, result, name](PlanBuilder& plan, const Tensor& gradient) {
              return add_relu_mask(plan, rectifier, result, gradient, name);
            }};
  }
  const Recipe r = recipe(activation);
  const auto desc = dnn::eltwise(plan.kind(), r.forward, source.desc, r.alpha);
  const Tensor result = plan.buffer(source.desc);
  plan.run(name + " activation", desc, dnnl::eltwise_forward(desc),
           {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  const Tensor kept = r.from_result ? result : source;
  return {result, [r, kept, name](PlanBuilder& plan, const Tensor& gradient) {
            return add_backward(plan, r, kept, gradient, name);
          }};
}

void add_relu(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& from, const Tensor& to,
              const std::string& name) {
  const std::int64_t size = dnn::elements(to.desc) / plan.images();
  plan.run_by_image(name + " activation", "ridgeline:relu", {from, to},
                    [size, rectifier, type = dnn::type_of(to.desc)](std::span<void* const> operands,
                                                                    const ShardRun& run) {
                      const std::int64_t at = run.begin * size;
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        kernels::relu(in<T>(operands[0]) + at, rectifier,
                                      (run.end - run.begin) * size, out<T>(operands[1]) + at);
                      });
                    });
}

Tensor add_relu_mask(PlanBuilder& plan, kernels::Rectifier rectifier, const Tensor& result,
                     const Tensor& gradient, const std::string& name) {
  const Tensor back = plan.reorder(gradient, result.desc, name + " gradient");
  const Tensor masked = plan.buffer(result.desc);
  const std::int64_t size = dnn::elements(result.desc) / plan.images();
  plan.run_by_image(name + " activation backward", "ridgeline:relu", {back, result, masked},
                    [size, rectifier, type = dnn::type_of(result.desc)](
                        std::span<void* const> operands, const ShardRun& run) {
                      const std::int64_t at = run.begin * size;
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        kernels::relu_backward(in<T>(operands[0]) + at, in<T>(operands[1]) + at,
                                               rectifier, (run.end - run.begin) * size,
                                               out<T>(operands[2]) + at);
                      });
                    });
  return masked;
}

std::function<Tensor(const Tensor&)> finish_with_activation(PlanBuilder& plan,
                                                            const NodeContext& node,
                                                            const Tensor& result) {
  const FusedRelu relu = fused_relu(node.activation);
  if (relu.present) {
    plan.set_value(node.node, result);
    if (!relu.bounded()) plan.set_fused_relu(node.node, relu.slope());
    return [&plan, node, relu, result](const Tensor& gradient) {
      return plan.masked(node.node)
                 ? gradient
                 : add_relu_mask(plan, relu.rectifier, result, gradient, node.name);
    };
  }
  const ActivationSteps steps =
      add_activation(plan, node.activation, plan.for_onednn(result, node.name), node.name);
  plan.set_value(node.node, steps.result);
  return [&plan, steps](const Tensor& gradient) { return steps.backward(plan, gradient); };
}

Backward compile_activation(PlanBuilder& plan, const NodeContext& node) {
  if (plan.compiled(node.node)) return {};
  if (const auto norm = norm_into_relu(plan, node)) {
    return compile_norm_into_relu(plan, *norm, node);
  }
  const int from = node.inputs[0];
  const Tensor& value = plan.value(from);
  const Tensor source = is_relu_layer(node) ? value : plan.for_onednn(value, node.name);
  const ActivationSteps steps = add_activation(plan, node.activation, source, node.name);
  plan.set_value(node.node, steps.result);
  return [&plan, from, steps](const Tensor& gradient) {
    plan.add_gradient(from, steps.backward(plan, gradient));
  };
}

}  // namespace ridgeline::engine
