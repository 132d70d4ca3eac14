#pragma once
// Gives the classes of one set of images the numbers that they have in another set.

#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// The same images, with the indices of `names` as their classes. Throws DataError for a class that
/// is not among them, and for labels or values with other names.
Dataset with_names(const Dataset& data, const std::vector<std::string>& names);

}  // namespace ridgeline::data
