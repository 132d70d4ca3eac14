#include "network/constants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ridgeline::network {
namespace {

ParameterValue values_of(const Node& node, const WeightMap& weights) {
  return [&](std::string_view parameter, std::int64_t index) {
    const auto& values = weights.find(fmt::format("{}.{}", node.name, parameter))->second;
    return static_cast<double>(values[static_cast<std::size_t>(index)]);
  };
}

// The sum of the constants that a channel depends on; absent if one of them is not constant.
std::optional<double> sum_of(const std::vector<Channel>& sources, const Constants& all) {
  double sum = 0;
  for (const Channel source : sources) {
    if (source.node == Node::image) return std::nullopt;
    const auto& value =
        all[static_cast<std::size_t>(source.node)][static_cast<std::size_t>(source.index)];
    if (!value) return std::nullopt;
    sum += *value;
  }
  return sum;
}

}  // namespace

ChannelFlow flow_of(const Node& node) {
  return node.layer.spec().traits().channels;
}

std::vector<Channel> sources(const Network& network, const Layout& layout, Channel channel) {
  const Node& node = network.nodes()[static_cast<std::size_t>(channel.node)];
  const std::vector<Shape> inputs = layout.inputs_of(network, channel.node);
  std::vector<Channel> all;
  for (const InputChannel& source : node.layer.spec().sources(inputs, channel.index)) {
    all.push_back({node.inputs[source.input], source.channel});
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
    const ChannelFlow flow = flow_of(node);
    const ParameterValue value = values_of(node, weights);
    auto& values = all.emplace_back(static_cast<std::size_t>(layout.outputs[n][0]));
    if (flow != ChannelFlow::mixes && flow != ChannelFlow::passes) continue;
    for (std::size_t c = 0; c < values.size(); ++c) {
      const auto index = static_cast<std::int64_t>(c);
      std::optional<double> sum;
      if (flow == ChannelFlow::passes) {
        sum = sum_of(sources(network, layout, {static_cast<int>(n), index}), all);
      } else if (zero_filter(node, index, layout.outputs[n], weights)) {
        sum = 0;
      }
      if (sum) values[c] = node.layer.spec().constant(*sum, index, value);
    }
  }
  return all;
}

}  // namespace ridgeline::network
