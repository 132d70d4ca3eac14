#pragma once
// Checks what a selection searches over. It must be numbers that change the training.

#include <string_view>

#include "experiment/experiment.hpp"
#include "experiment/value.hpp"

namespace ridgeline::experiment {

/// Throws UsageError for a key of select.over that is not a number or is the same for all trials,
/// and for fractions if the key is a whole number.
void check_search_space(const Value& value, std::string_view name);

/// The experiment with every searched number at its largest value.
Experiment at_largest(Experiment experiment);

/// Throws UsageError for a key of select.over that has no effect in this experiment, and for a
/// select.metric that would not compare the candidates fairly.
void check_search(const Experiment& experiment);

}  // namespace ridgeline::experiment
