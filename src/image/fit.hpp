#pragma once
// An image in the shape that a model takes.

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline::image {

/// The image with the channels, height and width of `shape`: channels by `to_channels`, then the
/// size by `resize` with the bilinear filter, without regard to the aspect ratio.
/// Throws UsageError unless `shape` has 1 or 3 channels.
Image fit_image(const Image& image, const Shape& shape);

}  // namespace ridgeline::image
