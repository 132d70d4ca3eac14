#pragma once
// How much memory or disk a cache of images takes.

#include <cstdint>
#include <filesystem>
#include <string>

namespace ridgeline::data {

/// "1.4 GB", "12 MB", "3.0 kB": powers of ten.
std::string amount(std::uint64_t bytes);

/// Half of the memory that is free now.
std::uint64_t half_of_free_memory();

/// The free bytes on the disk of `folder`. The folder may not exist yet. Returns the largest number
/// if the system does not say.
std::uint64_t free_on_disk(const std::filesystem::path& folder);

}  // namespace ridgeline::data
