#include "engine/lookahead.hpp"

#include <algorithm>

namespace ridgeline::engine {

void begin_slots(State& state, const Optimizer& optimizer, const Lookahead& lookahead) {
  state.require_slots(optimizer.slots());
  if (lookahead.interval == 0) return;
  state.require_slots(optimizer.slots() + 1);
  std::copy_n(state.weight_arena().data(), state.arena().trainable,
              state.slot_arenas().back().data());
}

void apply_lookahead(State& state, const Lookahead& lookahead) {
  if (lookahead.interval == 0 || state.step % lookahead.interval != 0) return;
  const auto alpha = static_cast<float>(lookahead.alpha);
  const int slot = state.slots() - 1;
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    if (state.frozen[p] || state.arena().offsets[p] >= state.arena().trainable) continue;
    const auto weights = state.weights(p), slow = state.slot(slot, p);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      // Exact zeros, which a penalty on |w| makes, are kept.
      slow[i] = weights[i] == 0 ? 0 : slow[i] + alpha * (weights[i] - slow[i]);
      weights[i] = slow[i];
    }
  }
  state.touch();
}

}  // namespace ridgeline::engine
