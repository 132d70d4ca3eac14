#include "data/pictures/operations.hpp"

namespace ridgeline::data {

Strength trivial_augment_strength() {
  return {.shear = 0.99,
          .translate_x = 32,
          .translate_y = 32,
          .degrees = 135,
          .factor = 0.99,
          .lost_bits = 6};
}

std::optional<Transform> trivial_augment_wide(const TrivialAugmentOptions& options, Image& image,
                                              Random& random, PictureScratch& scratch) {
  const double part = options.bins > 1
                          ? static_cast<double>(whole_between(0, options.bins - 1, random)) /
                                static_cast<double>(options.bins - 1)
                          : 0;
  return apply_random_operation(trivial_augment_strength(), part, {options.filter, options.fill},
                                image, random, scratch);
}

}  // namespace ridgeline::data
