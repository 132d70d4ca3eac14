#include "data/pictures/draw.hpp"
#include "image/geometry.hpp"

namespace ridgeline::data {

std::optional<Transform> rotation(const RotationOptions& options, Image& image, Random& random,
                                  PictureScratch& scratch) {
  const double degrees = up_to(options.degrees, random);
  return warp(image::affine(image.height, image.width, {.degrees = degrees}), options.filter,
              options.fill, image, scratch);
}

}  // namespace ridgeline::data
