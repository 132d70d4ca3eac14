#pragma once
// bfloat16: the upper half of a float, with its range and 8 of its 24 bits of precision.

#include <cstdint>

namespace ridgeline::engine {

struct Bf16 {
  std::uint16_t bits = 0;
};

namespace kernels {

/// Exact.
void widen(const Bf16* from, std::int64_t count, float* to);
/// To the nearest, of two as near the even one. A NaN's payload may be lost.
void narrow(const float* from, std::int64_t count, Bf16* to);

}  // namespace kernels
}  // namespace ridgeline::engine
