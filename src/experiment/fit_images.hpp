#pragma once
// Turns images of any size into those that a network takes.

#include <vector>

#include "experiment/build.hpp"

namespace ridgeline::experiment {

/// Leaves out the images that the file `list` names; an empty name leaves out none.
void leave_out(const std::string& list, const std::vector<Dataset*>& sets,
               std::vector<std::string>& notes);

/// Brings all images to data.size. Without data.size, images of several sizes must have the size of
/// the first one.
void fit_images(const DataSection& data, Images& images);

}  // namespace ridgeline::experiment
