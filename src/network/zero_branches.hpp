#pragma once
// Branches that add nothing.

#include "network/constants.hpp"

namespace ridgeline::network {

/// The network without the inputs of `add` that are 0 for every image, and without the layers that
/// led to them alone; an `add` of one input goes, too. The network as it is where there are none.
Network without_zero_branches(const Network& network, const Constants& constants);

}  // namespace ridgeline::network
