#pragma once
// The loops over pixels, for each instruction set.

#include <cstdint>

#include "image/taps.hpp"

namespace ridgeline::image {

/// What the stride of taps along rows is a multiple of.
inline constexpr std::int64_t taps_multiple = 8;

/// One row of pixels to `taps.outputs()` pixels. 32 bytes after the row are read but do not count.
void resize_row(const std::uint8_t* row, std::int64_t channels, const Taps& taps, std::uint8_t* to);

/// Output `output` of the taps, from rows of `bytes` bytes that follow each other; `rows` is the
/// taps' input 0.
void resize_column(const std::uint8_t* rows, std::int64_t bytes, const Taps& taps,
                   std::int64_t output, std::uint8_t* to);

/// Weights of 16 bits whose sum is 2^shift. After an odd number of them there is one more, 0.
struct Weights {
  const std::int16_t* values = nullptr;
  std::int64_t count = 0;
  int shift = 0;
};

/// to[x] = the sum over k of weights[k] * from[k * step + x], for `bytes` bytes.
void weighted_sum(const std::uint8_t* from, std::int64_t step, std::int64_t bytes,
                  const Weights& weights, std::uint8_t* to);

}  // namespace ridgeline::image
