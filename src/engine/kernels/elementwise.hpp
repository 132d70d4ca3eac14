#pragma once

#include <cstdint>

#include "engine/kernels/bfloat16.hpp"

namespace ridgeline::engine::kernels {

/// dx = dy, times `slope` where y is not above 0; of `count` numbers.
void relu_backward(const float* dy, const float* y, float slope, std::int64_t count, float* dx);
void relu_backward(const Bf16* dy, const Bf16* y, float slope, std::int64_t count, Bf16* dx);

/// to = a + b, of `count` numbers.
void sum(const float* a, const float* b, std::int64_t count, float* to);
void sum(const Bf16* a, const Bf16* b, std::int64_t count, Bf16* to);

}  // namespace ridgeline::engine::kernels
