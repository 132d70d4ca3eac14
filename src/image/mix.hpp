#pragma once
// Turns pixels of other kinds into grey or sRGB. All rounding is to the nearest.

#include <cstddef>
#include <cstdint>

namespace ridgeline::image {

/// a * b / 255.
constexpr std::uint8_t product(unsigned a, unsigned b) {
  const unsigned t = a * b + 128;
  return static_cast<std::uint8_t>((t + (t >> 8)) >> 8);
}

/// A colour over white.
constexpr std::uint8_t over_white(unsigned colour, unsigned alpha) {
  return static_cast<std::uint8_t>(255 - product(255 - colour, alpha));
}

/// Scales a number from 0 to `most` to 0 to 255.
constexpr std::uint8_t to_eight_bits(std::uint32_t value, std::uint32_t most) {
  return static_cast<std::uint8_t>((std::uint64_t{value} * 255 + most / 2) / most);
}

/// `inverted`: 255 is no ink.
inline void cmyk_to_rgb(const std::uint8_t* from, std::size_t pixels, bool inverted,
                        std::uint8_t* to) {
  const unsigned flip = inverted ? 0 : 255;
  for (std::size_t i = 0; i < pixels; ++i, from += 4, to += 3) {
    for (int c = 0; c < 3; ++c) to[c] = product(from[c] ^ flip, from[3] ^ flip);
  }
}

/// Mixes pixels of `channels` and alpha with white, and keeps the first `kept` channels.
inline void mix_with_white(const std::uint8_t* from, std::size_t pixels, std::size_t channels,
                           std::size_t kept, std::uint8_t* to) {
  for (std::size_t i = 0; i < pixels; ++i, from += channels + 1, to += kept) {
    for (std::size_t c = 0; c < kept; ++c) to[c] = over_white(from[c], from[channels]);
  }
}

}  // namespace ridgeline::image
