#pragma once
// Places the windows of a convolution or pool on an image.

#include <cstdint>

#include "ridgeline/layers.hpp"

namespace ridgeline::network {

struct Window {
  Pair kernel = 1;
  Pair stride = 1;
  Pair dilation = 1;
  Padding padding;
};

/// Padding in pixels, and how many windows fit.
struct Placement {
  std::int64_t output_height = 0, output_width = 0;
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  friend bool operator==(const Placement&, const Placement&) = default;
};

/// Throws UsageError for a kernel, stride or dilation below 1, or padding below 0.
void check(const Window& window);

/// Places a checked window on an image. A kernel of k with dilation d covers e = d (k - 1) + 1
/// pixels.
///   same      ceil(size / stride) windows; the padding that they need is split evenly, an odd
///             pixel going to the bottom and right (Keras and TensorFlow)
///   valid     floor((size - e) / stride) + 1 windows, no padding
///   explicit  as valid, on the padded image
/// Throws UsageError if not even one window fits.
Placement place(const Window& window, std::int64_t height, std::int64_t width);

}  // namespace ridgeline::network
