#include <cmath>

#include "data/pictures/draw.hpp"
#include "image/geometry.hpp"

namespace ridgeline::data {

std::optional<Transform> affine(const AffineOptions& options, Image& image, Random& random,
                                PictureScratch& scratch) {
  image::AffineChange change;
  change.degrees = up_to(options.degrees, random);
  // Whole pixels, as torchvision has them.
  change.right = std::round(up_to(options.translate_x * static_cast<double>(image.width), random));
  change.down = std::round(up_to(options.translate_y * static_cast<double>(image.height), random));
  change.scale = between(options.min_scale, options.max_scale, random);
  change.shear_x = up_to(options.shear_x, random);
  change.shear_y = up_to(options.shear_y, random);
  return warp(image::affine(image.height, image.width, change), options.filter, options.fill, image,
              scratch);
}

}  // namespace ridgeline::data
