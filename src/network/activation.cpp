#include "network/activation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "network/call.hpp"
#include "options/check.hpp"

namespace ridgeline::network {
namespace {

constexpr std::array<std::string_view, 9> names = {
    "linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "gelu", "silu", "softmax"};
constexpr double usual_slope = 0.01;

}  // namespace

std::string Activation::text() const {
  const std::string_view name = names[static_cast<std::size_t>(kind)];
  if (kind != Kind::leaky_relu || slope == usual_slope) return std::string(name);
  return fmt::format("{}({})", name, slope);
}

std::optional<double> Activation::at(double x) const {
  switch (kind) {
    case Kind::linear:
      return x;
    case Kind::relu:
      return std::max(x, 0.0);
    case Kind::relu6:
      return std::clamp(x, 0.0, 6.0);
    case Kind::leaky_relu:
      return x < 0 ? slope * x : x;
    case Kind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Kind::tanh:
      return std::tanh(x);
    case Kind::gelu:
      return x / 2 * (1 + std::erf(x / std::numbers::sqrt2));
    case Kind::silu:
      return x / (1 + std::exp(-x));
    case Kind::softmax:
      break;
  }
  return std::nullopt;
}

bool Activation::keeps_scale() const {
  return kind == Kind::linear || kind == Kind::relu || kind == Kind::leaky_relu;
}

Activation parse_activation(std::string_view text) {
  const Call call = parse_call("activation", text);
  const auto name = std::ranges::find(names, call.name);
  require(name != names.end(), "there is no activation '{}': {}", call.name,
          suggestion(call.name, names));
  Activation activation{static_cast<Activation::Kind>(name - names.begin())};
  if (activation.kind == Activation::Kind::leaky_relu) {
    activation.slope = call.argument.value_or(usual_slope);
    require(activation.slope >= 0 && activation.slope <= 1,
            "the slope of leaky_relu must be between 0 and 1, not {}", activation.slope);
  } else {
    require(!call.argument, "activation '{}' takes no number: write '{}'", text, call.name);
  }
  return activation;
}

LayerTraits traits_with_kernel(ChannelFlow channels, std::string_view activation) {
  const Activation last = parse_activation(activation);
  using enum Activation::Kind;
  return {.channels = channels,
          .keeps_scale = last.keeps_scale(),
          .keeps_shift = last.kind == linear,
          .rectifies = last.kind == relu,
          .saturates = last.kind == sigmoid || last.kind == tanh};
}

}  // namespace ridgeline::network
