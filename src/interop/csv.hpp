#pragma once
// Lines of cells that are separated by commas.

#include <string_view>
#include <vector>

namespace ridgeline::interop {

/// The texts before, between and after the commas, unchanged.
std::vector<std::string_view> cells_of(std::string_view line);

}  // namespace ridgeline::interop
