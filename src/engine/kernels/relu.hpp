#pragma once

#include <cstdint>

namespace ridgeline::engine::kernels {

/// dx = dy, times `slope` where y is not above 0; of `count` numbers.
void relu_backward(const float* dy, const float* y, float slope, std::int64_t count, float* dx);

}  // namespace ridgeline::engine::kernels
