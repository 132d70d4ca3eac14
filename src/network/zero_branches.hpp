#pragma once
// Removes branches that only add zeros.

#include "network/constants.hpp"

namespace ridgeline::network {

/// The network without the inputs of `add` that are 0 for every image, and without the layers that
/// only lead to them. An `add` with one input left is removed, too. Returns the same network if
/// there are no such inputs.
Network without_zero_branches(const Network& network, const Constants& constants);

}  // namespace ridgeline::network
