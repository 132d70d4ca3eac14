#pragma once
// Lookahead's slow weights (Zhang et al., arXiv 1907.08610): a slot behind the optimiser's, which
// is saved and resumed with them.

#include "engine/state.hpp"
#include "ridgeline/optimizer.hpp"

namespace ridgeline::engine {

/// Before training: makes the optimiser's slots where they are missing (zero) and, where there is
/// an interval, the slow weights behind them, which begin as the weights are.
void begin_slots(State& state, const Optimizer& optimizer, const Lookahead& lookahead);

/// Behind an update, whose number is state.step: every `interval` updates moves the slow weights
/// towards the weights, and the weights there. What is frozen stays, and a weight of 0 stays 0.
void apply_lookahead(State& state, const Lookahead& lookahead);

}  // namespace ridgeline::engine
