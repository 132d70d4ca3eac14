#pragma once
// Decides which parameters a rule applies to.

#include <string_view>

#include "ridgeline/regularize.hpp"

namespace ridgeline::objective {

/// Whether `glob` ('*': any characters, '?': one character) matches "layer.parameter" or the layer.
bool matches(std::string_view glob, const Parameter& parameter);
/// Whether a rule applies to a parameter, by name and role. It never applies to a statistic.
bool covers(const PenaltyRule& rule, const Parameter& parameter);

}  // namespace ridgeline::objective
