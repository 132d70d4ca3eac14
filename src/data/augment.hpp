#pragma once
// Random changes of a training image that leave its label true.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/shape.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {

/// "flip" (left-right, half of the images) or "crop:N" (shifted by up to N pixels each way, the
/// border filled with zeros; N at least 1), as the experiment's `data.augment` names them.
struct Augmentation {
  enum class Kind { flip, crop } kind;
  int pixels = 0;
  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

/// Throws UsageError for an unknown name or a number out of range. A crop must also be smaller than
/// the images: Loader sees to that.
Augmentation parse_augmentation(std::string_view text);
std::vector<Augmentation> parse_augmentations(std::span<const std::string> texts);

/// Applies all of them in order, in place, to one image of `shape` {channels, height, width}.
/// `scratch` holds as many numbers as the image.
void augment(std::span<const Augmentation> augmentations, const Shape& shape, Random& random,
             std::span<float> pixels, std::span<float> scratch);

}  // namespace ridgeline::data
