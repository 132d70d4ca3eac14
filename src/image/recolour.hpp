#pragma once
// Changes of colour, for the three channels of a pixel together. All are in place. On bytes, they
// differ from torchvision's functions by at most one grey level. Grey images do not change.

#include <algorithm>
#include <cstdint>

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Moves colours away from grey by `factor`, at least 0; 0 is grey, 1 the image itself.
void adjust_saturation(Image& image, double factor);
/// Turns the hue by `part` of the circle of colours, from -0.5 to 0.5.
void adjust_hue(Image& image, double part);
/// Makes the three channels equal, with the weights of `to_channels`.
void make_grey(Image& image);

/// The mean of the grey levels 0.2989 R + 0.587 G + 0.114 B, each rounded down. The image must not
/// be empty.
double mean_grey(const Image& image);

/// A level, rounded down and clamped to [0, 255].
inline std::uint8_t cut_off(float level) {
  return static_cast<std::uint8_t>(std::clamp(level, 0.0F, 255.0F));
}

}  // namespace ridgeline::image
