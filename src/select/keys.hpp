#pragma once
// The numbers of a model and its training that the library's select() can choose, by the names
// of the experiment file.

#include <string_view>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Sets `key` and returns its new value: rounded if the key is a whole number. A schedule keeps its
/// form and begins with the value. Throws UsageError for an unknown key, with the nearest known
/// one, and for a value out of its limits.
double set_key(std::string_view key, double value, ModelOptions& model, FitOptions& fit);

/// Throws UsageError for a range with fractions if the key is a whole number.
void check_range(std::string_view key, const Range& range);

}  // namespace ridgeline::selection
