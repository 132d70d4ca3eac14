#pragma once
// Classes of one set of images by the numbers that another set gives them.

#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// The same images, whose classes are called by the places of their names in `names`. Throws
/// DataError for a class that is not among them, and for labels or values with other names.
Dataset with_names(const Dataset& data, const std::vector<std::string>& names);

}  // namespace ridgeline::data
