#pragma once
// The part of an update for penalty terms that must see whole parameters: their gradients before
// the pass over memory, and their maps after it. Costs nothing if there are no such terms.

#include "engine/state.hpp"
#include "engine/team.hpp"
#include "engine/update.hpp"

namespace ridgeline::engine {

/// A parameter as the argument of its terms.
TermContext term_context(const State& state, std::size_t parameter, double strength);

class TermPass {
 public:
  /// Computes values and gradients of all terms at the current weights.
  void begin(Team& team, State& state, const UpdateRule& rule);
  /// Applies all maps, in order. Returns whether there are any.
  bool finish(Team& team, State& state);

  /// What the terms of a parameter did in this update.
  TermEffects effects(std::size_t parameter) const {
    return active_ ? effects_[parameter] : TermEffects{};
  }
  // Arenas with the layout of the state's, from `offset` on: the gradient of the terms, and memory
  // for the optimiser's metric and for the weights before the step. Null if the parameter's terms
  // do not need them.
  const float* gradient(std::size_t parameter, std::size_t offset) const {
    return needs(parameter).gradient ? gradient_.data() + offset : nullptr;
  }
  float* metric(std::size_t parameter, std::size_t offset) {
    return needs(parameter).metric ? metric_.data() + offset : nullptr;
  }
  float* before(std::size_t parameter, std::size_t offset) {
    return needs(parameter).map ? before_.data() + offset : nullptr;
  }

 private:
  struct Needs {
    bool gradient = false, metric = false, map = false;
  };
  struct Term {
    const MatrixTerm* term;
    TermContext context;
  };
  const Needs& needs(std::size_t parameter) const {
    static constexpr Needs none;
    return active_ ? needs_[parameter] : none;
  }
  bool active_ = false;
  std::vector<Needs> needs_;
  std::vector<std::vector<Term>> terms_;  // of each parameter
  std::vector<TermEffects> effects_;
  Buffer<float> gradient_, metric_, before_, unmapped_;
};

}  // namespace ridgeline::engine
