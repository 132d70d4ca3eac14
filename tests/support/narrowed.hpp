#pragma once
// Networks whose dense layers are too large for a test.

#include "ridgeline/network.hpp"

namespace ridgeline::test {

/// Replaces `from` units by `to` units in each dense layer.
inline Network narrowed(const Network& network, std::int64_t from, std::int64_t to) {
  std::vector<Node> nodes = network.nodes();
  for (Node& node : nodes) {
    Attributes attributes = node.layer.spec().attributes();
    if (node.layer.spec().kind() != "dense" || attributes.integer("units", 0) != from) continue;
    attributes.set("units", to);
    node.layer = make_layer("dense", attributes);
  }
  return Network(nodes);
}

/// A preset with the dense layers of tests/golden/networks.txt: a VGG has 16 units in
/// place of 4096, and so a hundredth of its weights.
inline Network golden_preset(std::string_view name, std::int64_t classes) {
  return narrowed(preset(name, classes), 4096, 16);
}

}  // namespace ridgeline::test
