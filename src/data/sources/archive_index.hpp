#pragma once
// The index of a large archive: its members in one checksummed file, so that their headers need not
// be read again.

#include <cstdint>
#include <span>
#include <string>

#include "data/sources/archive_tree.hpp"

namespace ridgeline::data {

/// The bytes of an index. `key` says which archive was read, and in which state.
std::string write_archive_index(const ArchiveIndex& index, std::string_view key);
/// Throws DataError for bytes that are not a whole index of `key`.
ArchiveIndex read_archive_index(std::span<const std::uint8_t> bytes, std::string_view key);

}  // namespace ridgeline::data
