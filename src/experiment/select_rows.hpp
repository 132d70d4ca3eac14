#pragma once
// The keys of [select].

#include <vector>

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

std::vector<Key> select_rows();

}  // namespace ridgeline::experiment
