#pragma once
// Where indexes of large folders and archives are kept: in the user's cache. A cache that cannot be
// read or written is not an error, since indexes can always be made again.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::data {

/// The index that was kept under `name`, if there is one.
std::optional<std::vector<std::uint8_t>> load_index(std::string_view name);
void save_index(std::string_view name, std::string_view bytes);

}  // namespace ridgeline::data
