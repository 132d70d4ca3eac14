#pragma once
// The update pass: clip, coupled penalty, optimiser, decoupled decay, proximal L1, constraints, and
// the sums that diagnosis needs, in one pass over memory. It knows optimisers and the terms of the
// penalty that must see a whole parameter only by their interfaces.

#include <vector>

#include "engine/matrix_term.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::engine {

struct UpdateRule {
  const Optimizer* optimizer = nullptr;
  double learning_rate = 0;
  double clip_norm = 0;
  double clip_value = 0;
  std::vector<Penalty> penalties;  ///< one per parameter: of it l2, l1 and the two decays
  AppliedTerms terms = {};         ///< all else that the penalties ask for
  double rate_share = 1;           ///< the learning rate over its schedule's first number
  bool statistics = true;          ///< whether ParameterReport::update_square is wanted
  /// What the learning rate is multiplied by, one per parameter; empty: 1 for all. Not for
  /// Scope::model.
  std::vector<double> rate_factors = {};

  double rate_of(std::size_t parameter) const {
    return rate_factors.empty() ? learning_rate : learning_rate * rate_factors[parameter];
  }
};

/// The share of each weight of a parameter that decoupled decay takes in a step. Only `decay`
/// follows the parameter's own learning rate.
inline double decay_of(const UpdateRule& rule, std::size_t parameter) {
  const Penalty& penalty = rule.penalties[parameter];
  return rule.rate_of(parameter) * penalty.decay + rule.rate_share * penalty.independent_decay;
}

/// What a parameter's matrix terms add to the objective and do in an update.
struct TermEffects {
  double value = 0;
  double gradient_square = 0;  ///< of what they add to the gradient
  double moved_square = 0;     ///< |w_after - w_before|^2 of their maps
};

/// Sums over one parameter, in double, before the update unless it says otherwise.
struct ParameterReport {
  double weight_square = 0;    ///< |w|^2
  double weight_absolute = 0;  ///< |w|_1
  double gradient_square = 0;  ///< of the data gradient, before clipping
  TermEffects terms;           ///< of the penalty's matrix terms
  double update_square = 0;    ///< |w_after - w_before|^2
};

struct UpdateReport {
  double penalty = 0;        ///< what the weights add to the objective, before the update
  double gradient_norm = 0;  ///< of the data gradient, before clipping
  double decay_shrink = 0;   ///< the norm of what decoupled decay takes away
  std::vector<ParameterReport> parameters;
};

class State;
/// The penalty of weights as they are.
double penalty(const State& state, const std::vector<Penalty>& penalties,
               const AppliedTerms& terms = {});

}  // namespace ridgeline::engine
