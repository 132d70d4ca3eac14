#pragma once
// Turns pixels into the planes of numbers that a network takes.

#include <cstdint>
#include <span>

#include "image/resize.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// The image as channels x height x width numbers in [0, 1]: byte / 255, rounded as the division
/// is. `mirrored`: each row from right to left. `to` has as many numbers as the image has bytes.
void to_planes(const ImageView& image, bool mirrored, std::span<float> to);

/// The grey level of a red, a green and a blue byte: 0.299, 0.587 and 0.114 in units of 1/65536,
/// rounded to the nearest.
inline std::uint8_t grey_level(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 32768U) >>
                                   16);
}

/// Grey becomes RGB by repetition; RGB becomes grey by ITU-R BT.601's weights (Pillow's mode L).
/// Throws UsageError unless `channels` is 1 or 3.
Image to_channels(Image image, std::int64_t channels);

}  // namespace ridgeline::image
