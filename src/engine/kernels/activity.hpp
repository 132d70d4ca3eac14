#pragma once
// Penalties of activations.

#include <cstdint>

#include "engine/kernels/bfloat16.hpp"

namespace ridgeline::engine::kernels {

struct ActivitySums {
  double squares = 0, absolutes = 0;
};
/// Of `count` numbers.
ActivitySums activity_sums(const float* a, std::int64_t count);
ActivitySums activity_sums(const Bf16* a, std::int64_t count);

/// dx = dy + l2 * a + l1 * sign(a), of `count` numbers; the sign of 0 is 0.
struct ActivitySlope {
  float l2 = 0, l1 = 0;
};
void activity_gradient(const float* dy, const float* a, ActivitySlope slope, std::int64_t count,
                       float* dx);
void activity_gradient(const Bf16* dy, const Bf16* a, ActivitySlope slope, std::int64_t count,
                       Bf16* dx);

}  // namespace ridgeline::engine::kernels
