#include "engine/layers/conv_parameters.hpp"

#include <algorithm>
#include <cmath>

#include "engine/layers/activation.hpp"
#include "engine/layers/batch_norm2d.hpp"
#include "network/layers/batch_norm2d.hpp"
#include "network/layers/conv2d.hpp"

namespace ridgeline::engine {
namespace {

// The normalisation to fold: nothing else reads the convolution, and its result is not added to a
// shortcut, because these two are already one step.
std::optional<NodeContext> norm_behind(const PlanBuilder& plan, const NodeContext& conv) {
  if (plan.training() || !plan.fused() || conv.activation != "linear") return std::nullopt;
  const auto norm = plan.only_reader(conv.node);
  if (!norm || norm->spec.kind() != "batch_norm2d") return std::nullopt;
  const auto next = plan.only_reader(norm->node);
  const bool summed = next && next->spec.kind() == "add" && goes_into_relu(plan, *norm);
  if (summed) return std::nullopt;
  return plan.context(norm->node);
}

std::size_t size_of(const Tensor& tensor) {
  return static_cast<std::size_t>(dnn::elements(tensor.desc));
}

}  // namespace

ConvParameters::ConvParameters(PlanBuilder& plan, const NodeContext& conv,
                               const dnn::Dims& kernel_dims)
    : plan_(plan),
      kernel_(plan.parameter(conv.node, "kernel", kernel_dims)),
      activation_(conv.activation) {
  const Conv2D& options = static_cast<const network::Conv2DSpec&>(conv.spec).options();
  if (options.use_bias) bias_ = plan.parameter(conv.node, "bias", {options.filters});
  if (const auto norm = norm_behind(plan, conv)) take_norm(conv, *norm);
}

void ConvParameters::take_norm(const NodeContext& conv, const NodeContext& norm) {
  norm_ = norm.name;
  nodes_ = {conv.node, norm.node};
  const auto next = plan_.only_reader(norm.node);
  if (next && is_relu_layer(*next)) {
    activation_ = next->activation;
    nodes_.push_back(next->node);
  }
  const auto& spec = static_cast<const network::BatchNorm2DSpec&>(norm.spec);
  epsilon_ = static_cast<float>(spec.options().epsilon);
  const dnn::Dims channels{norm.output[0]};
  gamma_ = plan_.parameter(norm.node, "gamma", channels);
  variance_ = plan_.parameter(norm.node, "moving_variance", channels);
  const Tensor beta = plan_.parameter(norm.node, "beta", channels);
  const Tensor mean = plan_.parameter(norm.node, "moving_mean", channels);

  const std::size_t filters = size_of(beta);
  Packed copy{beta.index, beta.desc, beta.desc, "bias folded " + norm_,
              [filters](const float* from, float* to) { std::copy_n(from, filters, to); }};
  copy.fold = {{beta.index, gamma_.index, mean.index, variance_.index, bias_.value_or(beta).index},
               [filters, epsilon = epsilon_, has_bias = bias_.has_value()](
                   std::span<const float* const> from, float* folded) {
                 for (std::size_t f = 0; f < filters; ++f) {
                   const float scale = from[1][f] / std::sqrt(from[3][f] + epsilon);
                   const float before = has_bias ? from[4][f] : 0;
                   folded[f] = from[0][f] + scale * (before - from[2][f]);
                 }
               }};
  bias_ = plan_.packed(std::move(copy));
}

Tensor ConvParameters::folded(Packed copy) const {
  const std::size_t all = size_of(kernel_), of_filter = all / size_of(gamma_);
  copy.parameter = kernel_.index;
  copy.from = kernel_.desc;
  copy.layout += " folded " + norm_;
  copy.fold = {{kernel_.index, gamma_.index, variance_.index},
               [=, epsilon = epsilon_](std::span<const float* const> from, float* folded) {
                 for (std::size_t k = 0; k < all; ++k) {
                   const std::size_t f = k / of_filter;
                   folded[k] = from[0][k] * (from[1][f] / std::sqrt(from[2][f] + epsilon));
                 }
               }};
  return plan_.packed(std::move(copy));
}

Tensor ConvParameters::copy(const dnn::Desc& to) const {
  return norm_.empty() ? plan_.packed(kernel_, to) : folded({.to = to});
}

Tensor ConvParameters::copy(std::int64_t size, std::string layout,
                            std::function<void(const float* from, float* to)> pack) const {
  if (norm_.empty()) return plan_.packed(kernel_, size, std::move(layout), std::move(pack));
  return folded({.to = dnn::plain({size}), .layout = std::move(layout), .pack = std::move(pack)});
}

bool ConvParameters::finish(const Tensor& result) const {
  for (const int node : nodes_) {
    plan_.set_value(node, result);
    plan_.set_compiled(node);
  }
  return !nodes_.empty();
}

}  // namespace ridgeline::engine
