#pragma once
// The parameters of a layer among those of a network.

#include <algorithm>
#include <span>

#include "ridgeline/network.hpp"

namespace ridgeline::network {

/// The parameters of a node. In a layout, parameters are in the order of the nodes.
inline std::span<const Parameter> parameters_of(const Layout& layout, int node) {
  const auto own = std::ranges::equal_range(layout.parameters, node, {}, &Parameter::node);
  return {own.begin(), own.end()};
}

}  // namespace ridgeline::network
