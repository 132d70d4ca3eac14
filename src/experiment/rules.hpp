#pragma once
// Rules of [regularize] that change nothing.

#include <vector>

#include "experiment/experiment.hpp"
#include "ridgeline/layer.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::experiment {

/// Throws UsageError for a regularize.rule that leaves every trained parameter with the penalties
/// that it has without the rule, at all times. `applied` holds those of layers too, before the
/// experiment's. Keys of `searched` may take any value, and so may an l2 of 0, to which rules are
/// often compared.
void check_rules(const Experiment& experiment, const Regularize& applied,
                 const std::vector<Parameter>& parameters, const SearchSpace& searched);

/// Throws UsageError for a searched strength of [regularize] that no trained parameter takes, since
/// rules set another for each.
void check_searched(const Regularize& applied, const Experiment& experiment,
                    const std::vector<Parameter>& parameters, const SearchSpace& searched);

}  // namespace ridgeline::experiment
