#include <map>
#include <optional>

#include "options/check.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline {

struct Output::Source {
  std::optional<Layer> layer;  ///< none: the image
  std::vector<Output> inputs;
};

Output input() {
  return Output(std::make_shared<const Output::Source>());
}

Output apply(const Layer& layer, std::vector<Output> inputs) {
  return Output(std::make_shared<const Output::Source>(Output::Source{layer, std::move(inputs)}));
}

namespace {

/// Nodes in the order in which they are first needed, inputs from left to right. Unlike the order
/// of creation, this does not depend on the order in which a compiler evaluates arguments.
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

Network::Network(const Output& from, const std::vector<Output>& to) {
  require(!to.empty(), "the graph has no output");
  Walk walk(from);
  std::vector<int> places;
  for (const Output& output : to) {
    places.push_back(walk.place(output));
    require(places.back() != Node::image, "an output of the graph is its input: there is no layer");
  }
  *this = Network(std::move(walk.nodes));
  std::vector<std::string> names;
  for (const int place : places) names.emplace_back(name_of(place));
  set_outputs(std::move(names));
}

}  // namespace ridgeline
