#pragma once
// Images of noise from a seed. The scripts of tools/golden make the same ones.

#include <cstdint>

#include "ridgeline/image.hpp"

namespace ridgeline::test {

inline Image noise_image(std::uint32_t seed, std::int64_t channels, std::int64_t height,
                         std::int64_t width) {
  Image image{channels, height, width, {}};
  image.pixels.resize(static_cast<std::size_t>(channels * height * width));
  for (std::uint8_t& pixel : image.pixels) {
    seed = seed * 1664525U + 1013904223U;
    pixel = static_cast<std::uint8_t>(seed >> 24);
  }
  return image;
}

}  // namespace ridgeline::test
