#pragma once
// Checks for rules of [regularize] that change nothing.

#include <vector>

#include "experiment/experiment.hpp"
#include "ridgeline/layer.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::experiment {

/// Throws UsageError for a regularize.rule without which every trained parameter would have the
/// same penalties at all times. `applied` also has the rules of layers, before those of the
/// experiment. Keys of `searched` may take any value. So may an l2 of 0, since rules are often
/// compared with it.
void check_rules(const Experiment& experiment, const Regularize& applied,
                 const std::vector<Parameter>& parameters, const SearchSpace& searched);

/// Throws UsageError for a searched strength of [regularize] that applies to no trained parameter,
/// because rules set another one for each.
void check_searched(const Regularize& applied, const Experiment& experiment,
                    const std::vector<Parameter>& parameters, const SearchSpace& searched);

}  // namespace ridgeline::experiment
