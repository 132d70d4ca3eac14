#pragma once
// The figures of docs/regularisation.md, one function each.

#include <filesystem>

#include "records.hpp"

namespace study {

/// Draws every figure with measurements as FOLDER/NAME.svg, and prints the names. Throws
/// ResourceError.
void draw(const Records& records, const std::filesystem::path& folder);

}  // namespace study
