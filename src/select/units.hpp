#pragma once
// Units of a penalty's strength: see Range::unit.

#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// What the strength of a penalty depends on.
struct TrainingSize {
  double images = 0;
  double batch = 0;  ///< images in an update
  double epochs = 0;
  double learning_rate = 0;
};

/// Throws UsageError for an unknown unit, and for one of a key that is not a strength.
void check_unit(const std::string& key, const Range& range);

/// The strength that a value in a unit is, for such a training.
double strength_of(const std::string& unit, double value, const TrainingSize& size);

/// Whether any key has a unit.
bool has_units(const SearchSpace& over);

/// The values with strengths in place of values in units.
Assignment without_units(Assignment values, const SearchSpace& over, const TrainingSize& size);

}  // namespace ridgeline::selection
