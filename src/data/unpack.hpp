#pragma once
// Archives of data sets.

#include <filesystem>

namespace ridgeline::data {

/// Writes the files of a .tar.gz into the existing `folder`, without the folders that they are in:
/// no name in an archive leads out of `folder`. Throws DataError for a broken archive or one
/// without files, ResourceError where a file cannot be written.
void unpack(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace ridgeline::data
