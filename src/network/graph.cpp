#include <map>
#include <optional>

#include "network/check.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline {

using network::require;

struct Output::Source {
  std::optional<Layer> layer;  ///< none: the image
  std::vector<Output> inputs;
};

Output input() {
  return Output(std::make_shared<const Output::Source>());
}

Output apply(const Layer& layer, std::vector<Output> inputs) {
  return Output(std::make_shared<const Output::Source>(layer, std::move(inputs)));
}

namespace {

/// Nodes in the order in which they are first needed, inputs from left to right: unlike the order
/// of creation, it does not depend on the order in which a compiler evaluates arguments.
class Walk {
 public:
  explicit Walk(const Output& from) : places_{{from.source().get(), Node::image}} {}

  int place(const Output& output) {
    const Output::Source* source = output.source().get();
    if (const auto known = places_.find(source); known != places_.end()) return known->second;
    require(source->layer.has_value(),
            "the output comes from an input() that is not the network's");
    Node node{{}, *source->layer, {}};
    for (const Output& input : source->inputs) node.inputs.push_back(place(input));
    nodes.push_back(std::move(node));
    return places_[source] = static_cast<int>(nodes.size()) - 1;
  }

  std::vector<Node> nodes;

 private:
  std::map<const Output::Source*, int> places_;
};

std::vector<Node> walk(const Output& from, const Output& to) {
  Walk walk(from);
  require(walk.place(to) != Node::image, "the graph's output is its input: there is no layer");
  return std::move(walk.nodes);
}

}  // namespace

Network::Network(const Output& from, const Output& to) : Network(walk(from, to)) {}

}  // namespace ridgeline
