#pragma once
// Which parameters a rule means.

#include <string_view>

#include "ridgeline/network.hpp"

namespace ridgeline::objective {

/// Whether `glob` ('*' any run of characters, '?' one) fits "layer.parameter" or the layer.
bool matches(std::string_view glob, const Parameter& parameter);

}  // namespace ridgeline::objective
