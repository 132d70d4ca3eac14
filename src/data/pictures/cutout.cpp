#include "data/pictures/draw.hpp"
#include "image/fill.hpp"

namespace ridgeline::data {

std::optional<Transform> cutout(const CutoutOptions& options, Image& image, Random& random,
                                PictureScratch&) {
  const std::int64_t row = whole_between(0, image.height - 1, random);
  const std::int64_t column = whole_between(0, image.width - 1, random);
  image::fill_box(image,
                  {column - options.size / 2, row - options.size / 2, options.size, options.size},
                  options.fill);
  return std::nullopt;
}

}  // namespace ridgeline::data
