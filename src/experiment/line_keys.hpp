#pragma once
// Keys that are lists of kinds with options: data.augment and train.metrics.

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

Key augment_key();
Key metrics_key();

}  // namespace ridgeline::experiment
