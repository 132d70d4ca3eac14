#pragma once
// The files of a folder on the disk.

#include <memory>

#include "data/sources/file_tree.hpp"

namespace ridgeline::data {

/// See open_tree. A large folder is listed once: its index is kept in the user's cache, and used as
/// long as no folder in it has changed.
std::shared_ptr<const FileTree> open_folder(const std::filesystem::path& path,
                                            const TreeOptions& options);

}  // namespace ridgeline::data
