#pragma once
// The update pass: clip, coupled penalty, optimiser, decoupled decay, proximal L1, and the sums
// that diagnosis needs, in one pass over memory. It knows optimisers only by their interface.

#include <vector>

#include "ridgeline/optimizer.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::engine {

struct UpdateRule {
  const Optimizer* optimizer = nullptr;
  double learning_rate = 0;
  double clip_norm = 0;
  double clip_value = 0;
  std::vector<Penalty> penalties;  ///< one per parameter
};

/// Sums over one parameter, in double, before the update unless it says otherwise.
struct ParameterReport {
  double weight_square = 0;    ///< |w|^2
  double weight_absolute = 0;  ///< |w|_1
  double gradient_square = 0;  ///< of the data gradient, before clipping
  double update_square = 0;    ///< |w_after - w_before|^2
};

struct UpdateReport {
  double penalty = 0;        ///< sum over p of l2/2 |w|^2 + l1 |w|_1, before the update
  double gradient_norm = 0;  ///< of the data gradient, before clipping
  double decay_shrink = 0;   ///< |learning rate * decay * w|, what decoupled decay takes away
  std::vector<ParameterReport> parameters;
};

/// The penalty of weights as they are.
class State;
double penalty(const State& state, const std::vector<Penalty>& penalties);

}  // namespace ridgeline::engine
