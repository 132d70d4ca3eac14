#pragma once

#include <cstdint>

#include "engine/kernels/bfloat16.hpp"

namespace ridgeline::engine::kernels {

/// y = x, times `slope` where x is below 0; of `count` numbers. y may be x.
void relu(const float* x, float slope, std::int64_t count, float* y);
void relu(const Bf16* x, float slope, std::int64_t count, Bf16* y);

/// dx = dy, times `slope` where y is 0 or below; of `count` numbers. dx may be dy.
void relu_backward(const float* dy, const float* y, float slope, std::int64_t count, float* dx);
void relu_backward(const Bf16* dy, const Bf16* y, float slope, std::int64_t count, Bf16* dx);

/// to = a + b, of `count` numbers.
void sum(const float* a, const float* b, std::int64_t count, float* to);
void sum(const Bf16* a, const Bf16* b, std::int64_t count, Bf16* to);

}  // namespace ridgeline::engine::kernels
