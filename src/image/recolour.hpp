#pragma once
// Changes of colour that look at the three channels of a pixel together. All are in place, and
// equal to torchvision's functions on bytes to one grey level. Grey images stay as they are.

#include <algorithm>
#include <cstdint>

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Away from grey by `factor`, at least 0; 0 is grey, 1 the image itself.
void adjust_saturation(Image& image, double factor);
/// Turns the circle of colours by `part` of it, from -0.5 to 0.5.
void adjust_hue(Image& image, double part);
/// Three equal channels, by the weights of `to_channels`.
void make_grey(Image& image);

/// The mean of the grey levels 0.2989 R + 0.587 G + 0.114 B, each without its fraction; the
/// image is not empty.
double mean_grey(const Image& image);

/// A level without its fraction, cut off at 0 and 255.
inline std::uint8_t cut_off(float level) {
  return static_cast<std::uint8_t>(std::clamp(level, 0.0F, 255.0F));
}

}  // namespace ridgeline::image
