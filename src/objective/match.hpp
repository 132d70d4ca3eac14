#pragma once
// Which parameters a rule means.

#include <string_view>

#include "ridgeline/regularize.hpp"

namespace ridgeline::objective {

/// Whether `glob` ('*' any run of characters, '?' one) fits "layer.parameter" or the layer.
bool matches(std::string_view glob, const Parameter& parameter);
/// Whether a rule means a parameter, by its name and its role. It never means a statistic.
bool covers(const PenaltyRule& rule, const Parameter& parameter);

}  // namespace ridgeline::objective
