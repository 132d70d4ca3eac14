#include "ridgeline/network.hpp"

#include <algorithm>

#include "options/check.hpp"

namespace ridgeline {
namespace {

bool may_be_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '/';
}

void check_name(const std::string& name) {
  require(name != Network::image_name, "a layer cannot be named '{}', which is the image", name);
  require(std::ranges::all_of(name, may_be_in_name),
          "the layer name '{}' may have only letters, digits, '_', '-' and '/'", name);
}

void check_wiring(const Node& node, int place) {
  const auto& [name, layer, inputs] = node;
  const int count = static_cast<int>(inputs.size());
  const int least = layer.spec().min_inputs(), most = layer.spec().max_inputs();
  const std::string_view how = least == most ? "exactly" : count < least ? "at least" : "at most";
  const int bound = count < least ? least : most;
  require(least <= count && count <= most, "{} takes {} {} input{}, not {}", name, how, bound,
          bound == 1 ? "" : "s", count);
  for (const int input : inputs) {
    require(input >= Node::image && input < place,
            "{} takes layer {} as an input, which is not one of the {} before it", name, input,
            place);
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
  const int count = static_cast<int>(nodes_.size());
  for (int node = 0; node < count; ++node) name_given(node);
  for (int node = 0; node < count; ++node) name_by_kind(node);
  for (int node = 0; node < count; ++node) {
    check_wiring(nodes_[static_cast<std::size_t>(node)], node);
  }
}

// Sets the name that the node or its layer was given.
void Network::name_given(int place) {
  Node& node = nodes_[static_cast<std::size_t>(place)];
  if (node.name.empty()) node.name = node.layer.name();
  node.layer = node.layer.named({});
  if (node.name.empty()) return;
  check_name(node.name);
  require(names_.places.emplace(node.name, place).second,
          "two layers are named '{}': rename one of them", node.name);
}

void Network::name_by_kind(int place) {
  Node& node = nodes_[static_cast<std::size_t>(place)];
  if (!node.name.empty()) return;
  const std::string_view kind = node.layer.spec().kind();
  int& number = names_.numbered.try_emplace(std::string(kind), 0).first->second;
  do {
    node.name = fmt::format("{}_{}", kind, ++number);
  } while (!names_.places.emplace(node.name, place).second);
}

std::vector<int> Network::outputs() const {
  if (nodes_.empty()) return {};
  if (outputs_.empty()) return {static_cast<int>(nodes_.size()) - 1};
  std::vector<int> nodes;
  for (const std::string& name : outputs_) nodes.push_back(find(name));
  return nodes;
}

void Network::set_outputs(std::vector<std::string> layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (find(layers[i]) < 0) {
      std::vector<std::string_view> known;
      for (const Node& node : nodes_) known.push_back(node.name);
      throw UsageError(fmt::format("there is no layer '{}' to give an output: {}", layers[i],
                                   suggestion(layers[i], known)));
    }
    const auto end = layers.begin() + static_cast<std::ptrdiff_t>(i);
    require(std::find(layers.begin(), end, layers[i]) == end, "the output '{}' is named twice",
            layers[i]);
  }
  outputs_ = std::move(layers);
}

int Network::find(std::string_view name) const {
  const auto found = names_.places.find(name);
  return found == names_.places.end() ? -1 : found->second;
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
  const int place = static_cast<int>(nodes_.size());
  if (inputs.empty()) node.inputs = {place - 1};
  nodes_.push_back(std::move(node));
  try {
    name_given(place);
    name_by_kind(place);
    check_wiring(nodes_.back(), place);
  } catch (...) {
    const auto named = names_.places.find(nodes_.back().name);
    if (named != names_.places.end() && named->second == place) names_.places.erase(named);
    if (layer.name().empty()) --names_.numbered.find(layer.spec().kind())->second;
    nodes_.pop_back();
    throw;
  }
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
