#include "network/constants.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "network/activation.hpp"
#include "network/layers/batch_norm2d.hpp"
#include "network/layers/conv2d.hpp"

namespace ridgeline::network {
namespace {

constexpr std::array<std::string_view, 13> passing = {"activation",
                                                      "activity_regularization",
                                                      "add",
                                                      "average_pool2d",
                                                      "batch_norm2d",
                                                      "concat",
                                                      "dropout",
                                                      "flatten",
                                                      "gaussian_noise",
                                                      "global_average_pool2d",
                                                      "max_pool2d",
                                                      "spatial_dropout2d",
                                                      "upsample2d"};

bool softmax(const Node& node) {
  return node.layer.spec().activation() == "softmax";
}

double apply(const Activation& activation, double x) {
  using enum Activation::Kind;
  switch (activation.kind) {
    case relu:
      return std::max(x, 0.0);
    case relu6:
      return std::clamp(x, 0.0, 6.0);
    case leaky_relu:
      return x < 0 ? activation.slope * x : x;
    case sigmoid:
      return 1 / (1 + std::exp(-x));
    case tanh:
      return std::tanh(x);
    case gelu:
      return x / 2 * (1 + std::erf(x / std::numbers::sqrt2));
    case silu:
      return x / (1 + std::exp(-x));
    default:
      return x;
  }
}

double normalized(const Node& node, std::size_t c, double x, const WeightMap& weights) {
  const auto& spec = dynamic_cast<const BatchNorm2DSpec&>(node.layer.spec());
  const auto at = [&](const char* name) {
    return static_cast<double>(weights.find(node.name + "." + name)->second[c]);
  };
  return at("gamma") * (x - at("moving_mean")) /
             std::sqrt(at("moving_variance") + spec.options().epsilon) +
         at("beta");
}

// What a layer that passes channels on makes of their constants.
double passed(const Node& node, std::size_t c, double sum, const WeightMap& weights) {
  const std::string_view kind = node.layer.spec().kind();
  if (kind == "batch_norm2d") return normalized(node, c, sum, weights);
  if (kind == "activation") return apply(parse_activation(node.layer.spec().activation()), sum);
  return sum;
}

}  // namespace

Reach reach_of(const Node& node) {
  const LayerSpec& spec = node.layer.spec();
  if (const auto* conv = dynamic_cast<const Conv2DSpec*>(&spec)) {
    return conv->options().groups == 1 ? Reach::mixes : Reach::opaque;
  }
  if (spec.kind() == "dense") return Reach::mixes;
  const bool passes = std::ranges::find(passing, spec.kind()) != passing.end();
  return passes && !softmax(node) ? Reach::passes : Reach::opaque;
}

std::vector<Channel> sources(const Network& network, const Layout& layout, Channel channel) {
  const Node& node = network.nodes()[static_cast<std::size_t>(channel.node)];
  const std::vector<Shape> inputs = layout.inputs_of(network, channel.node);
  const std::string_view kind = node.layer.spec().kind();
  if (kind == "flatten") {
    return {{node.inputs[0], channel.index / (inputs[0].elements() / inputs[0][0])}};
  }
  std::vector<Channel> all;
  std::int64_t first = 0;  // of the input in hand, in concat's output
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool inside = channel.index >= first && channel.index < first + inputs[i][0];
    if (kind != "concat") {
      all.push_back({node.inputs[i], channel.index});
    } else if (inside) {
      all.push_back({node.inputs[i], channel.index - first});
    }
    first += inputs[i][0];
  }
  return all;
}

bool zero_filter(const Node& node, std::int64_t index, const Shape& output,
                 const WeightMap& weights) {
  const std::vector<float>& kernel = weights.find(node.name + ".kernel")->second;
  const std::size_t width = kernel.size() / static_cast<std::size_t>(output[0]);
  const auto begin = kernel.begin() + index * static_cast<std::ptrdiff_t>(width);
  return std::all_of(begin, begin + static_cast<std::ptrdiff_t>(width),
                     [](float w) { return w == 0; });
}

Constants constants(const Network& network, const Layout& layout, const WeightMap& weights) {
  Constants all;
  for (std::size_t n = 0; n < network.nodes().size(); ++n) {
    const Node& node = network.nodes()[n];
    const Reach reach = reach_of(node);
    auto& values = all.emplace_back(static_cast<std::size_t>(layout.outputs[n][0]));
    if (reach == Reach::opaque || softmax(node)) continue;
    const auto bias = weights.find(node.name + ".bias");
    for (std::size_t c = 0; c < values.size(); ++c) {
      const auto index = static_cast<std::int64_t>(c);
      if (reach == Reach::mixes) {
        if (!zero_filter(node, index, layout.outputs[n], weights)) continue;
        values[c] = apply(parse_activation(node.layer.spec().activation()),
                          bias == weights.end() ? 0.0 : static_cast<double>(bias->second[c]));
        continue;
      }
      double sum = 0;
      bool constant = true;
      for (const Channel source : sources(network, layout, {static_cast<int>(n), index})) {
        constant = constant && source.node != Node::image;
        if (!constant) break;
        const auto& value =
            all[static_cast<std::size_t>(source.node)][static_cast<std::size_t>(source.index)];
        constant = value.has_value();
        sum += value.value_or(0);
      }
      if (constant) values[c] = passed(node, c, sum, weights);
    }
  }
  return all;
}

}  // namespace ridgeline::network
