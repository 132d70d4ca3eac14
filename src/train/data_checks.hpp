#pragma once
// Whether images and their labels fit a model.

#include <string_view>

#include "train/core.hpp"

namespace ridgeline::train {

/// Throws UsageError where there are none or their shape is another; `what` is what the sentence
/// calls them: "training images".
void check_images(const ModelCore& core, const Dataset& data, std::string_view what);

/// Also for labels: throws UsageError where there are none or they have more classes than the
/// network has outputs, DataError for targets that the loss does not take. Returns the weight of
/// all images together (Loss::weight).
double check_labels(const ModelCore& core, const Dataset& data, std::string_view what);

}  // namespace ridgeline::train
