#pragma once
// The numbers of a model and its training that the library's select() can choose, by the names
// of the experiment file.

#include <string_view>

#include "ridgeline/model.hpp"

namespace ridgeline::selection {

/// Sets `key` and gives what it became: whole numbers are rounded to, and a schedule keeps its form
/// and begins with the value. Throws UsageError for an unknown key, with the nearest known one, and
/// for a value out of its limits.
double set_key(std::string_view key, double value, ModelOptions& model, FitOptions& fit);

}  // namespace ridgeline::selection
