#pragma once
// The augmentations that change the numbers of an image, by name (augment.cpp).

#include <functional>
#include <string>
#include <vector>

#include "data/augment.hpp"
#include "ridgeline/option.hpp"

namespace ridgeline::data {

struct NumberAugmentation {
  Kind kind;                 ///< with one option at most
  std::string example = {};  ///< "crop:4", if a number must be given; else empty
  std::function<Augmentation(double number)> make = {};
};
std::vector<NumberAugmentation> number_augmentations();

}  // namespace ridgeline::data
