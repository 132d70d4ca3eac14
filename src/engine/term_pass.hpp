#pragma once
// The part of an update that terms of the penalty need which must see whole parameters: their
// gradients before the pass over memory, their maps behind it. Costs nothing where there are none.

#include "engine/state.hpp"
#include "engine/team.hpp"
#include "engine/update.hpp"

namespace ridgeline::engine {

/// A parameter as its terms see it.
TermContext term_context(const State& state, std::size_t parameter, double strength);

class TermPass {
 public:
  /// Values and gradients of all terms, at the weights as they are.
  void begin(Team& team, State& state, const UpdateRule& rule);
  /// All maps, in order; whether there are any.
  bool finish(Team& team, State& state);

  /// What the terms of a parameter have done.
  TermEffects effects(std::size_t parameter) const {
    return active_ ? effects_[parameter] : TermEffects{};
  }
  // Arenas laid out like the state's, from `offset` of it on; null where the parameter's terms do
  // not need them: the terms' gradient, and where the optimiser's metric and the weights before
  // the step are to be left.
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
