#pragma once
// The targets of a batch of images, as named tensors.

#include <cstdint>
#include <span>
#include <string_view>

#include "ridgeline/tensor_view.hpp"

namespace ridgeline {

/// The targets of a batch. The tasks of the library use these names:
///   "class"          i32, one index for each image
///   "probabilities"  f32, one soft label for each class
///   "labels"         f32, 0 or 1 for each label; an image may have several
///   "values"         f32, the numbers of a regression
///     "weight"         f32, the weight of each image in the loss
/// No tensors: the images have no targets.
using Targets = Tensors;

inline constexpr std::string_view class_tensor = "class";
inline constexpr std::string_view probabilities_tensor = "probabilities";
inline constexpr std::string_view labels_tensor = "labels";
inline constexpr std::string_view values_tensor = "values";
inline constexpr std::string_view weight_tensor = "weight";

/// One class for each image.
inline Targets class_targets(std::span<const std::int32_t> classes) {
  return {TensorView(class_tensor, classes, {})};
}
/// `width` numbers for each image.
inline Targets value_targets(std::span<const float> values, std::int64_t width,
                             std::string_view name = values_tensor) {
  return {TensorView(name, values, {width})};
}

}  // namespace ridgeline
