#pragma once
// Loops over long runs that threads share. The number of threads does not change a bit.

#include "engine/kernels/update_kernels.hpp"
#include "ridgeline/parallel.hpp"

namespace ridgeline::engine::kernels {

inline constexpr std::int64_t sum_length = 4096;
/// Runs are divided at multiples of this: whole vectors, and enough of them.
inline constexpr std::int64_t run_grain = 1024;

/// The sum of squares.
inline double square_sum(const Parallel& parallel, const float* values, std::size_t count) {
  return parallel.sum(static_cast<std::int64_t>(count), sum_length,
                      [&](std::int64_t begin, std::int64_t end) {
                        return square_sum(values + begin, static_cast<std::size_t>(end - begin));
                      });
}

/// The sum of (a - b)^2.
inline double distance_square(const Parallel& parallel, const float* a, const float* b,
                              std::size_t count) {
  return parallel.sum(static_cast<std::int64_t>(count), sum_length,
                      [&](std::int64_t begin, std::int64_t end) {
                        const auto length = static_cast<std::size_t>(end - begin);
                        return distance_square(a + begin, b + begin, length);
                      });
}

/// values *= factor
inline void scale(const Parallel& parallel, float* values, std::size_t count, float factor) {
  parallel(static_cast<std::int64_t>(count), run_grain, [&](std::int64_t begin, std::int64_t end) {
    scale(values + begin, static_cast<std::size_t>(end - begin), factor);
  });
}

/// a += factor * b
inline void add_scaled(const Parallel& parallel, float* a, float factor, const float* b,
                       std::size_t count) {
  parallel(static_cast<std::int64_t>(count), run_grain, [&](std::int64_t begin, std::int64_t end) {
    add_scaled(a + begin, factor, b + begin, static_cast<std::size_t>(end - begin));
  });
}

}  // namespace ridgeline::engine::kernels
