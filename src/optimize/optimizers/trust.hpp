#pragma once
// The ratio of norms that LARS and LAMB scale the step of a kernel by.

#include <cstddef>

#include "ridgeline/optimizer.hpp"

namespace ridgeline::optimize {

/// |w| / |direction| of a kernel; 0 for other parameters, and if one of the norms is 0.
double norm_ratio(const StepInfo& info, const float* direction, std::size_t count);

}  // namespace ridgeline::optimize
