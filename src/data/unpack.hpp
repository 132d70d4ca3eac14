#pragma once
// Archives of data sets.

#include <filesystem>

namespace ridgeline::data {

/// Writes the files of a .tar.gz directly into the existing `folder`, without their own folders, so
/// that no name in an archive can lead out of it. Throws DataError for a broken archive or one
/// without files, ResourceError if a file cannot be written.
void unpack(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace ridgeline::data
