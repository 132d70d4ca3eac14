#include "network/activation.hpp"

#include <algorithm>
#include <array>

#include "network/call.hpp"
#include "network/check.hpp"

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

Activation parse_activation(std::string_view text) {
  const Call call = parse_call("activation", text);
  const auto name = std::ranges::find(names, call.name);
  require(name != names.end(), "there is no activation '{}': {}", call.name,
          suggestion(call.name, names));
  Activation activation{static_cast<Activation::Kind>(name - names.begin())};
  if (activation.kind == Activation::Kind::leaky_relu) {
    activation.slope = call.argument.value_or(usual_slope);
    require(activation.slope >= 0 && activation.slope <= 1,
            "the slope of leaky_relu must lie between 0 and 1, not {}", activation.slope);
  } else {
    require(!call.argument, "activation '{}' takes no number: write '{}'", text, call.name);
  }
  return activation;
}

}  // namespace ridgeline::network
