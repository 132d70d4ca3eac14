#pragma once
// The loops over pixels, for each instruction set.

#include <cstdint>

#include "image/taps.hpp"

namespace ridgeline::image {

/// The stride of taps along rows must be a multiple of this.
inline constexpr std::int64_t taps_multiple = 8;

/// Resizes one row of pixels to `taps.outputs()` pixels. Up to 32 bytes after the row are read, but
/// do not count.
void resize_row(const std::uint8_t* row, std::int64_t channels, const Taps& taps, std::uint8_t* to);

/// Computes output row `output` of the taps from contiguous rows of `bytes` bytes. `rows` is the
/// taps' input 0.
void resize_column(const std::uint8_t* rows, std::int64_t bytes, const Taps& taps,
                   std::int64_t output, std::uint8_t* to);

}  // namespace ridgeline::image
