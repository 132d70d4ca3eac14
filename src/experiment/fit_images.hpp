#pragma once
// Images of any size become those that a network takes.

#include <vector>

#include "experiment/build.hpp"

namespace ridgeline::experiment {

/// Leaves out the images that the file `list` names; an empty name leaves out none.
void leave_out(const std::string& list, const std::vector<Dataset*>& sets,
               std::vector<std::string>& notes);

/// Brings all images to data.size, or to that of the first one, where they are not of one size
/// already or a size is given.
void fit_images(const DataSection& data, Images& images);

}  // namespace ridgeline::experiment
