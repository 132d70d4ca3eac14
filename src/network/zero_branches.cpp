#include "network/zero_branches.hpp"

#include <algorithm>

namespace ridgeline::network {
namespace {

bool all_zero(const std::vector<std::optional<double>>& values) {
  return std::ranges::all_of(values, [](const auto& value) { return value && *value == 0; });
}

std::vector<int> adding_something(const Node& node, const Constants& constants) {
  std::vector<int> inputs;
  std::ranges::copy_if(node.inputs, std::back_inserter(inputs), [&](int input) {
    return input == Node::image || !all_zero(constants[static_cast<std::size_t>(input)]);
  });
  return inputs;
}

// The nodes that lead to `output`, in order.
Network leading_to(int output, const std::vector<Node>& nodes) {
  std::vector<bool> needed(nodes.size());
  needed[static_cast<std::size_t>(output)] = true;
  for (std::size_t n = nodes.size(); n-- > 0;) {
    for (const int input : nodes[n].inputs) {
      if (needed[n] && input != Node::image) needed[static_cast<std::size_t>(input)] = true;
    }
  }
  std::vector<Node> left;
  std::vector<int> place(nodes.size(), Node::image);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (!needed[n]) continue;
    place[n] = static_cast<int>(left.size());
    left.push_back(nodes[n]);
    for (int& input : left.back().inputs) {
      if (input != Node::image) input = place[static_cast<std::size_t>(input)];
    }
  }
  return Network(std::move(left));
}

}  // namespace

Network without_zero_branches(const Network& network, const Constants& constants) {
  std::vector<Node> nodes = network.nodes();
  std::vector<int> instead;  // what replaces each node's output
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    Node& node = nodes[n];
    instead.push_back(static_cast<int>(n));
    if (node.layer.spec().traits().sums_inputs) {
      const std::vector<int> inputs = adding_something(node, constants);
      const bool last = n + 1 == nodes.size();
      if (inputs.size() >= 2) node.inputs = inputs;
      if (inputs.size() == 1 && !(last && inputs[0] == Node::image)) instead.back() = inputs[0];
    }
    for (int& input : node.inputs) {
      if (input != Node::image) input = instead[static_cast<std::size_t>(input)];
    }
    if (instead[n] != static_cast<int>(n) && instead[n] != Node::image) {
      instead[n] = instead[static_cast<std::size_t>(instead[n])];
    }
  }
  return leading_to(instead.back(), nodes);
}

}  // namespace ridgeline::network
