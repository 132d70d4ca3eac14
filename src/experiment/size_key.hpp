#pragma once
// data.size: one number, or height and width.

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

Key size_key();

}  // namespace ridgeline::experiment
