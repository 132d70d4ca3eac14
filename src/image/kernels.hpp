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

}  // namespace ridgeline::image
