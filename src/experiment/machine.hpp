#pragma once

#include <string>

namespace ridgeline::experiment {

/// The processor and the cores that this process may use, for the record of a run.
std::string machine();

}  // namespace ridgeline::experiment
