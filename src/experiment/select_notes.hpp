#pragma once
// What a user should know about the images of a selection before it begins.

#include <string>
#include <vector>

#include "experiment/build.hpp"

namespace ridgeline::experiment {

/// Sentences about test images that resemble training images, and about classes that are too small
/// for the folds. `images`: as they were loaded, without a cache.
std::vector<std::string> select_notes(const Experiment& experiment, const Images& images);

}  // namespace ridgeline::experiment
