#pragma once
// The values of a candidate as text.

#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// "0.001", or the name of a value that is not a number.
std::string value_text(const Range& range, double value);

/// "optimizer.kind sgd, regularize.l2 0.01"
std::string text(const Assignment& parameters, const SearchSpace& over);
/// The same with numbers alone.
std::string text(const Assignment& parameters);

}  // namespace ridgeline::selection
