#pragma once

#include <cstdint>
#include <limits>

#include "engine/kernels/bfloat16.hpp"

namespace ridgeline::engine::kernels {

/// A ReLU: numbers below 0 are multiplied by `slope`, and numbers above `ceiling` become `ceiling`.
struct Rectifier {
  float slope = 0;
  float ceiling = std::numeric_limits<float>::quiet_NaN();  ///< NaN: no upper bound
};

/// y = the rectifier's value of x; of `count` numbers. y may be x.
void relu(const float* x, Rectifier rectifier, std::int64_t count, float* y);
void relu(const Bf16* x, Rectifier rectifier, std::int64_t count, Bf16* y);

/// dx = dy, times `slope` where y is 0 or below, and 0 where y is at the ceiling; of `count`
/// numbers. dx may be dy.
void relu_backward(const float* dy, const float* y, Rectifier rectifier, std::int64_t count,
                   float* dx);
void relu_backward(const Bf16* dy, const Bf16* y, Rectifier rectifier, std::int64_t count,
                   Bf16* dx);

/// to = a + b, of `count` numbers.
void sum(const float* a, const float* b, std::int64_t count, float* to);
void sum(const Bf16* a, const Bf16* b, std::int64_t count, Bf16* to);

}  // namespace ridgeline::engine::kernels
