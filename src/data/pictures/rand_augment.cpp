#include "data/pictures/operations.hpp"

namespace ridgeline::data {

Strength rand_augment_strength(std::int64_t height, std::int64_t width) {
  // In the paper, images of 331 x 331 pixels move by up to 150 pixels.
  constexpr double moved = 150.0 / 331;
  return {.shear = 0.3,
          .translate_x = moved * static_cast<double>(width),
          .translate_y = moved * static_cast<double>(height),
          .degrees = 30,
          .factor = 0.9,
          .lost_bits = 4};
}

std::optional<Transform> rand_augment(const RandAugmentOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch) {
  const Strength strength = rand_augment_strength(image.height, image.width);
  const double part = options.bins > 1 ? static_cast<double>(options.magnitude) /
                                             static_cast<double>(options.bins - 1)
                                       : 0;
  std::optional<Transform> all;
  for (std::int64_t i = 0; i < options.operations; ++i) {
    const std::optional<Transform> one = apply_random_operation(
        strength, part, {options.filter, options.fill}, image, random, scratch);
    if (one) all = all ? all->then(*one) : *one;
  }
  return all;
}

}  // namespace ridgeline::data
