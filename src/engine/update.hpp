#pragma once
// The update does clipping, coupled penalty, optimiser, decoupled decay, proximal L1, constraints
// and the sums for diagnosis in one pass over memory. It knows optimisers and penalty terms only by
// their interfaces.

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
  std::vector<Penalty> penalties;  ///< one per parameter; only l2, l1 and the two decays are used
  AppliedTerms terms = {};         ///< all other penalties and constraints
  double rate_share = 1;           ///< the learning rate divided by the first value of its schedule
  bool statistics = true;          ///< whether to compute ParameterReport::update_square
  /// Factors of the learning rate, one per parameter; empty: 1 for all. Not for Scope::model.
  std::vector<double> rate_factors = {};

  double rate_of(std::size_t parameter) const {
    return rate_factors.empty() ? learning_rate : learning_rate * rate_factors[parameter];
  }
};

/// The share of each weight that decoupled decay takes off in a step. Only `decay` depends on the
/// parameter's own learning rate.
inline double decay_of(const UpdateRule& rule, std::size_t parameter) {
  const Penalty& penalty = rule.penalties[parameter];
  return rule.rate_of(parameter) * penalty.decay + rule.rate_share * penalty.independent_decay;
}

/// The effects of a parameter's matrix terms in an update.
struct TermEffects {
  double value = 0;            ///< added to the objective
  double gradient_square = 0;  ///< of what they add to the gradient
  double moved_square = 0;     ///< |w_after - w_before|^2 of their maps
};

/// Sums over one parameter, in double, before the update.
struct ParameterReport {
  double weight_square = 0;    ///< |w|^2
  double weight_absolute = 0;  ///< |w|_1
  double gradient_square = 0;  ///< of the data gradient, before clipping
  TermEffects terms;           ///< of the penalty's matrix terms
  double update_square = 0;    ///< |w_after - w_before|^2
};

struct UpdateReport {
  double penalty = 0;        ///< the penalty of the weights before the update
  double gradient_norm = 0;  ///< of the data gradient, before clipping
  double decay_shrink = 0;   ///< the norm of what decoupled decay takes off
  std::vector<ParameterReport> parameters;
};

class State;
/// The penalty of the current weights.
double penalty(const State& state, const std::vector<Penalty>& penalties,
               const AppliedTerms& terms = {});

}  // namespace ridgeline::engine
