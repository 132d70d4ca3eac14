#pragma once
// A colour of one pixel.

#include <array>
#include <cstddef>
#include <cstdint>

namespace ridgeline::image {

/// Red, green and blue. Grey images take the first.
using Colour = std::array<std::uint8_t, 3>;

/// `pixels` pixels of one colour.
inline void fill_pixels(Colour colour, std::int64_t channels, std::int64_t pixels,
                        std::uint8_t* to) {
  for (std::int64_t i = 0; i < pixels; ++i) {
    for (std::int64_t c = 0; c < channels; ++c) *to++ = colour[static_cast<std::size_t>(c)];
  }
}

}  // namespace ridgeline::image
