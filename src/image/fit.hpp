#pragma once
// An image in the shape that a model takes.

#include <vector>

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline::image {

/// The image as {channels, height, width} numbers in [0, 1]: channels by `to_channels`, then the
/// size by `resize` with the bilinear filter, without regard to the aspect ratio, in whole grey
/// levels.
/// Throws UsageError where `shape` has other than 1 or 3 channels.
std::vector<float> fit_image(const Image& image, const Shape& shape);

}  // namespace ridgeline::image
