#pragma once
// The figures of docs/regularisation.md, one function each.

#include <filesystem>

#include "records.hpp"

namespace study {

/// Draws every figure of which anything was measured as FOLDER/NAME.svg, and says so on standard
/// output. Throws ResourceError.
void draw(const Records& records, const std::filesystem::path& folder);

}  // namespace study
