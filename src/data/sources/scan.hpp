#pragma once
// Listing a folder on the disk.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "data/sources/file_tree.hpp"

namespace ridgeline::data {

/// When a folder's entries last changed, in nanoseconds: its times of modification and of change.
/// Programs that copy folders cannot set the second one.
struct FolderTimes {
  std::int64_t modified = 0, changed = 0;
  friend bool operator==(const FolderTimes&, const FolderTimes&) = default;
};

struct FolderListing {
  FileList files;
  std::vector<FolderTimes> times;  ///< of each folder; zeros if a change could go unnoticed
};

/// Lists `root` as open_tree says. Throws as it does.
FolderListing list_folder(const std::filesystem::path& root, const TreeOptions& options);

/// The times of a folder now; zeros if it does not exist.
FolderTimes folder_times(const std::filesystem::path& folder);

/// Throws DataError if the link `path` leads out of the folder with the real path `real_root`.
void require_inside(const std::filesystem::path& path, const std::filesystem::path& real_root);

}  // namespace ridgeline::data
