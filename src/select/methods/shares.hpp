#pragma once
// The shares of the images on which methods look at candidates.

#include "select/task.hpp"

namespace ridgeline::selection {

/// The share that a method begins with: an eighth of a fold's training images, or a larger power of
/// 1/2 that has at least 2,000 images.
double first_share(const SelectionTask& task);

}  // namespace ridgeline::selection
