#include <fmt/ranges.h>

#include <algorithm>

#include "network/check.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline {
namespace {

std::string sources(const Network& network, const Node& node) {
  std::vector<std::string_view> names;
  for (const int input : node.inputs) names.push_back(network.name_of(input));
  return fmt::format("{}", fmt::join(names, " and "));
}

/// An unused layer would not be trained, but it would be penalised.
void check_all_used(const Network& network) {
  const std::vector<Node>& nodes = network.nodes();
  std::vector<bool> used(nodes.size());
  for (const int output : network.outputs()) used[static_cast<std::size_t>(output)] = true;
  for (const Node& node : nodes) {
    for (const int input : node.inputs) {
      if (input != Node::image) used[static_cast<std::size_t>(input)] = true;
    }
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    require(used[i],
            "{} is not used: no layer takes its output, and it is not an output of the network",
            nodes[i].name);
  }
}

bool holds_numbers(const Shape& shape) {
  return shape.rank() > 0 && std::ranges::all_of(shape, [](std::int64_t d) { return d > 0; });
}

void check_input(const Shape& input) {
  require(holds_numbers(input),
          "the input's shape must be {{channels, height, width}} or {{numbers}}, each at least 1, "
          "not {}",
          input.text());
  try {
    network::product(input.dims());
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("the input {}", error.what()));
  }
}

void infer_node(const Node& node, int index, std::span<const Shape> inputs, Layout& layout) {
  const LayerSpec& spec = node.layer.spec();
  layout.outputs.push_back(spec.output_shape(inputs));
  const Shape& output = layout.outputs.back();
  require(holds_numbers(output), "gives no numbers: its output's shape is {}", output.text());
  network::product(output.dims());
  for (ParameterSpec& parameter : spec.parameters(inputs)) {
    network::product(parameter.shape.dims());
    std::string name = fmt::format("{}.{}", node.name, parameter.name);
    layout.parameters.push_back({std::move(name), index, std::move(parameter)});
  }
  layout.flops.push_back(spec.flops(inputs));
}

}  // namespace

Layout infer(const Network& network, const Shape& input) {
  require(!network.empty(), "the network has no layers");
  check_input(input);
  check_all_used(network);
  Layout layout{.input = input};
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Node& node = network.nodes()[i];
    const int index = static_cast<int>(i);
    try {
      infer_node(node, index, layout.inputs_of(network, index), layout);
    } catch (const UsageError& error) {
      throw UsageError(
          fmt::format("{} (after {}) {}", node.name, sources(network, node), error.what()));
    }
  }
  for (const int n : network.outputs()) {
    const auto place = static_cast<std::size_t>(n);
    const Node& node = network.nodes()[place];
    layout.network_outputs.push_back(
        {node.name, layout.outputs[place], node.layer.spec().activation(), n});
  }
  return layout;
}

std::vector<Shape> Layout::inputs_of(const Network& network, int node) const {
  std::vector<Shape> shapes;
  for (const int i : network.nodes().at(static_cast<std::size_t>(node)).inputs) {
    shapes.push_back(i == Node::image ? input : outputs.at(static_cast<std::size_t>(i)));
  }
  return shapes;
}

std::int64_t Layout::trainable() const {
  std::int64_t count = 0;
  for (const Parameter& parameter : parameters) {
    if (parameter.spec.role != Role::statistic) count += parameter.spec.shape.elements();
  }
  return count;
}

std::int64_t Layout::training_flops(const Network& network) const {
  std::vector<bool> trains(outputs.size());  // whether a gradient must reach the node's output
  for (const Parameter& parameter : parameters) {
    if (parameter.spec.role != Role::statistic) {
      trains[static_cast<std::size_t>(parameter.node)] = true;
    }
  }
  std::int64_t total = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool inputs_train = std::ranges::any_of(network.nodes().at(i).inputs, [&](int input) {
      return input != Node::image && trains[static_cast<std::size_t>(input)];
    });
    total += flops[i] * (1 + (trains[i] ? 1 : 0) + (inputs_train ? 1 : 0));
    if (inputs_train) trains[i] = true;
  }
  return total;
}

}  // namespace ridgeline
