#include <algorithm>
#include <cmath>

#include "data/augmentations/augmentations.hpp"

namespace ridgeline::data {

void draw_cutmix(double alpha, const Shape& shape, Random& random, Mix& mix) {
  const double side = std::sqrt(1 - random.beta(alpha, alpha));
  const auto row = static_cast<std::int64_t>(random.below(shape[1]));
  const auto column = static_cast<std::int64_t>(random.below(shape[2]));
  const auto part = [side](std::int64_t whole) {
    return static_cast<std::int64_t>(side * static_cast<double>(whole));
  };
  mix.box = box_around(row, column, part(shape[1]), part(shape[2]), shape);
  const std::int64_t area = (mix.box.bottom - mix.box.top) * (mix.box.right - mix.box.left);
  mix.share = 1 - static_cast<double>(area) / static_cast<double>(shape[1] * shape[2]);
}

void blend_cutmix(const Mix& mix, const Changing& image, std::span<const float> other) {
  for_rows(mix.box, image.shape, [&](std::int64_t at, std::int64_t length) {
    std::copy_n(other.begin() + at, length, image.pixels.begin() + at);
  });
}

}  // namespace ridgeline::data
