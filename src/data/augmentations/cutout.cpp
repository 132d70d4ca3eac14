#include <algorithm>

#include "data/augmentations/augmentations.hpp"

namespace ridgeline::data {

Mix::Box box_around(std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width,
                    const Shape& shape) {
  const std::int64_t top = row - height / 2, left = column - width / 2;
  return {std::max<std::int64_t>(top, 0), std::min(top + height, shape[1]),
          std::max<std::int64_t>(left, 0), std::min(left + width, shape[2])};
}

void cutout(double size, const Changing& image, Random& random) {
  const auto row = static_cast<std::int64_t>(random.below(image.shape[1]));
  const auto column = static_cast<std::int64_t>(random.below(image.shape[2]));
  const auto side = static_cast<std::int64_t>(size);
  for_rows(box_around(row, column, side, side, image.shape), image.shape,
           [&](std::int64_t at, std::int64_t length) {
             std::fill_n(image.pixels.begin() + at, length, 0.0F);
           });
}

}  // namespace ridgeline::data
