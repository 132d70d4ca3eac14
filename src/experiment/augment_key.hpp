#pragma once
// data.augment: names of augmentations with their options, as strings ("crop:4") or tables
// ({ crop = { n = 4 } }).

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

Key augment_key();

}  // namespace ridgeline::experiment
