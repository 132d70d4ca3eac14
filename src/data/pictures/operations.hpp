#pragma once
// The changes that RandAugment and TrivialAugment choose from.

#include "data/pictures/draw.hpp"

namespace ridgeline::data {

enum class Operation {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  saturation,
  contrast,
  sharpness,
  posterize,
  solarize,
  autocontrast,
  equalize
};
inline constexpr int operations = 14;

/// The greatest magnitudes.
struct Strength {
  double shear;                     ///< pixels to the side for each pixel down
  double translate_x, translate_y;  ///< pixels
  double degrees;
  double factor;  ///< brightness, saturation, contrast, sharpness: 1 - factor to 1 + factor
  int lost_bits;  ///< of posterize
};

/// RandAugment's, for an image of this size.
Strength rand_augment_strength(std::int64_t height, std::int64_t width);
/// TrivialAugmentWide's.
Strength trivial_augment_strength();

/// How a geometric operation changes the image.
struct Sampling {
  Filter filter;
  Colour fill;
};

/// Applies a random operation with `part` times the greatest magnitude, 0 <= part <= 1, in a random
/// direction if the operation has two.
std::optional<Transform> apply_random_operation(const Strength& strength, double part,
                                                const Sampling& sampling, Image& image,
                                                Random& random, PictureScratch& scratch);

/// One operation; `magnitude` is from -1 to 1.
std::optional<Transform> apply_operation(Operation operation, const Strength& strength,
                                         double magnitude, const Sampling& sampling, Image& image,
                                         PictureScratch& scratch);

}  // namespace ridgeline::data
