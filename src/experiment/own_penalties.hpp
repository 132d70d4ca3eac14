#pragma once
// The keys of penalties that an application registered: `regularize.NAME` is the strength and
// `regularize.NAME_OPTION` each option.

#include <vector>

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

std::vector<Key> own_penalty_keys();

/// Completes the options of each penalty, and removes penalties with a strength of 0 and default
/// options.
void settle_own_penalties(Regularize& regularize);

}  // namespace ridgeline::experiment
