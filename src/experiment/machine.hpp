#pragma once

#include <string>

namespace ridgeline::experiment {

/// For the record of a run: the processor, and the cores that this process may use.
std::string machine();

}  // namespace ridgeline::experiment
