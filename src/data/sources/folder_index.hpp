#pragma once
// The index of a large folder: its listing in one checksummed file, so that it need not be listed
// again.

#include <cstdint>
#include <span>
#include <string>

#include "data/sources/scan.hpp"

namespace ridgeline::data {

/// The bytes of an index. `key` says what was listed, and how.
std::string write_index(const FolderListing& listing, std::string_view key);
/// Throws DataError for bytes that are not a whole index of `key`.
FolderListing read_index(std::span<const std::uint8_t> bytes, std::string_view key);

}  // namespace ridgeline::data
