#pragma once
// Lines of cells with commas between.

#include <string_view>
#include <vector>

namespace ridgeline::interop {

/// What stands before, between and behind the commas, as it is.
std::vector<std::string_view> cells_of(std::string_view line);

}  // namespace ridgeline::interop
