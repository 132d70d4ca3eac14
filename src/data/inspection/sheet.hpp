#pragma once
// Images of a data set as a training reads them, on one image.

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

inline constexpr std::size_t most_on_sheet = 100;

struct SheetOptions {
  std::vector<std::string> augment;  ///< as data.augment
  std::uint64_t seed = 1;
  int threads = 1;
};

/// Up to 100 images, shuffled and augmented, each with its target below it. The images must have
/// one size, `data.image_shape()`, and 1 or 3 channels. Images that cannot be read are
/// grey. Throws UsageError for augmentations that do not fit, and for images of other channels.
Image augmented_sheet(const Dataset& data, const SheetOptions& options);

}  // namespace ridgeline::data
