#include "image/fit.hpp"

#include <fmt/format.h>

#include "image/planes.hpp"
#include "image/resize.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::image {

Image fit_image(const Image& image, const Shape& shape) {
  if (shape.rank() != 3 || (shape[0] != 1 && shape[0] != 3)) {
    throw UsageError(fmt::format(
        "image files have 1 or 3 channels, and this model takes images of {}", shape.text()));
  }
  return resize(to_channels(image, shape[0]), {shape[1], shape[2]}, Filter::bilinear);
}

}  // namespace ridgeline::image
