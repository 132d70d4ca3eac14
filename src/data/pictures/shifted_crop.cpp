#include "data/pictures/draw.hpp"
#include "image/geometry.hpp"

namespace ridgeline::data {

std::optional<Transform> shifted_crop(const ShiftedCropOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch) {
  const std::int64_t right = whole_between(-options.pixels, options.pixels, random);
  const std::int64_t down = whole_between(-options.pixels, options.pixels, random);
  if (right == 0 && down == 0) return std::nullopt;
  image::shift(image, right, down, options.border, options.fill, scratch.other);
  std::swap(image, scratch.other);
  return image::shift(image.height, image.width, static_cast<double>(right),
                      static_cast<double>(down));
}

}  // namespace ridgeline::data
