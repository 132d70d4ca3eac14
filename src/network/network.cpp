#include "ridgeline/network.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "network/check.hpp"

namespace ridgeline {
namespace {

using network::require;
using network::suggestion;

bool may_be_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '/';
}

void check_name(const std::string& name) {
  require(name != Network::image_name, "a layer cannot be named '{}', which is the image", name);
  require(std::ranges::all_of(name, may_be_in_name),
          "the layer name '{}' may hold letters, digits, '_', '-' and '/' only", name);
}

void name_nodes(std::vector<Node>& nodes) {
  std::set<std::string> taken;
  for (Node& node : nodes) {
    if (node.name.empty()) node.name = node.layer.name();
    node.layer = node.layer.named({});
    if (node.name.empty()) continue;
    check_name(node.name);
    require(taken.insert(node.name).second, "two layers are named '{}': rename one of them",
            node.name);
  }
  std::map<std::string_view, int> counters;
  for (Node& node : nodes) {
    if (!node.name.empty()) continue;
    const std::string_view kind = node.layer.spec().kind();
    do {
      node.name = fmt::format("{}_{}", kind, ++counters[kind]);
    } while (!taken.insert(node.name).second);
  }
}

void check_wiring(const std::vector<Node>& nodes) {
  for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
    const auto& [name, layer, inputs] = nodes[static_cast<std::size_t>(i)];
    const int count = static_cast<int>(inputs.size());
    const int least = layer.spec().min_inputs(), most = layer.spec().max_inputs();
    const std::string_view how = least == most ? "exactly" : count < least ? "at least" : "at most";
    const int bound = count < least ? least : most;
    require(least <= count && count <= most, "{} takes {} {} input{}, not {}", name, how, bound,
            bound == 1 ? "" : "s", count);
    for (const int input : inputs) {
      require(input >= Node::image && input < i,
              "{} takes layer {} as an input, which is not one of the {} before it", name, input,
              i);
    }
  }
}

std::vector<Node> sequence(std::span<const Layer> layers) {
  std::vector<Node> nodes;
  for (const Layer& layer : layers) {
    nodes.push_back({{}, layer, {static_cast<int>(nodes.size()) - 1}});
  }
  return nodes;
}

}  // namespace

Network::Network(std::initializer_list<Layer> layers)
    : Network(sequence({layers.begin(), layers.size()})) {}

Network::Network(const std::vector<Layer>& layers) : Network(sequence(layers)) {}

Network::Network(std::vector<Node> nodes) : nodes_(std::move(nodes)) {
  name_nodes(nodes_);
  check_wiring(nodes_);
}

int Network::find(std::string_view name) const {
  const auto found = std::ranges::find(nodes_, name, &Node::name);
  return found == nodes_.end() ? -1 : static_cast<int>(found - nodes_.begin());
}

std::string_view Network::name_of(int node) const {
  return node == Node::image ? image_name : nodes_.at(static_cast<std::size_t>(node)).name;
}

void Network::append(const Layer& layer, const std::vector<std::string>& inputs) {
  Node node{{}, layer, {}};
  for (const std::string& name : inputs) {
    const int input = find(name);
    if (input < 0 && name != image_name) {
      std::vector<std::string_view> known = {image_name};
      for (const Node& other : nodes_) known.push_back(other.name);
      throw UsageError(fmt::format("{} takes an input '{}', which no layer before it is named: {}",
                                   layer.name().empty() ? layer.spec().kind() : layer.name(), name,
                                   suggestion(name, known)));
    }
    node.inputs.push_back(input < 0 ? Node::image : input);
  }
  if (inputs.empty()) node.inputs = {static_cast<int>(nodes_.size()) - 1};
  std::vector<Node> nodes = nodes_;
  nodes.push_back(std::move(node));
  *this = Network(std::move(nodes));
}

std::vector<PenaltyRule> Network::take_rules() {
  std::vector<PenaltyRule> all;
  for (Node& node : nodes_) {
    for (PenaltyRule rule : node.layer.rules()) {
      rule.match = node.name;
      all.push_back(std::move(rule));
    }
    node.layer = node.layer.without_rules();
  }
  return all;
}

}  // namespace ridgeline
