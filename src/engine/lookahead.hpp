#pragma once
// Lookahead's slow weights (Zhang et al., arXiv 1907.08610): one more slot after the optimiser's.
// It is saved and resumed with them.

#include "engine/state.hpp"
#include "ridgeline/optimizer.hpp"

namespace ridgeline::engine {

/// Before training: adds missing slots of the optimiser (zeros) and, if there is an interval, the
/// slow weights after them, which begin as copies of the weights.
void begin_slots(State& state, const Optimizer& optimizer, const Lookahead& lookahead);

/// After update number state.step: every `interval` updates it moves the slow weights towards the
/// weights and copies them to the weights. Frozen weights do not change, and a weight of 0 stays 0.
void apply_lookahead(State& state, const Lookahead& lookahead);

}  // namespace ridgeline::engine
