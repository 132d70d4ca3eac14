#pragma once
// Whether images and their labels fit a model.

#include <string_view>

#include "train/core.hpp"

namespace ridgeline::train {

/// Throws UsageError if there are no images or their shape differs. `what` is their name in the
/// message: "training images".
void check_images(const ModelCore& core, const Dataset& data, std::string_view what);

/// Also checks labels. Throws UsageError if there are none, or more classes than outputs; DataError
/// for targets that do not fit the loss. Returns the weight of all images (Loss::weight).
double check_labels(const ModelCore& core, const Dataset& data, std::string_view what);

}  // namespace ridgeline::train
