#pragma once
// The verdicts on a training. Each family has a file of its own, with its criterion, and a line in
// the table of verdicts.cpp; all are pure functions of the record.

#include <vector>

#include "diagnose/record.hpp"

namespace ridgeline::diagnose {

/// All verdicts that apply, the most severe first. Without statistics there are none, except for a
/// diverged training, which always has one.
std::vector<Verdict> verdicts(const Record& record);

using Verdicts = std::vector<Verdict>;
/// The cause of a divergence.
Verdicts divergence(const Record& record);
Verdicts over_fitting(const Record& record);
Verdicts under_fitting(const Record& record);
Verdicts gradient_flow(const Record& record);
Verdicts dead_units(const Record& record);
Verdicts scale_invariance(const Record& record);
Verdicts penalty_size(const Record& record);
Verdicts too_few_steps(const Record& record);

/// Whether there is a penalty that has no effect.
bool penalty_is_idle(const Record& record);

}  // namespace ridgeline::diagnose
