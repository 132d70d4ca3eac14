#pragma once

#include <vector>

namespace ridgeline::experiment {

/// loss.class_weights: numbers, or "balanced" until the training images are known.
struct ClassWeights {
  std::vector<double> numbers;  ///< one a class; empty: 1 for all
  bool balanced = false;
  bool operator==(const ClassWeights&) const = default;
};

}  // namespace ridgeline::experiment
