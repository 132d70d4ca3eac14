#pragma once
// Which files are images, by their names.

#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::data {

/// Whether the part of `name` after its last dot is among `extensions`, in upper or lower case.
bool has_extension(std::string_view name, const std::vector<std::string>& extensions);

}  // namespace ridgeline::data
