#pragma once
// Which source reads a folder or file that a user names.

#include <filesystem>
#include <optional>
#include <string>

namespace ridgeline::data {

/// The name of the source. A source of known files, such as "cifar10", if the files are there (if
/// there are several, the one that the path names, else "idx"). "table" for a file with the name of
/// a table, or for a folder that has such a file and no folder `train` with folders in it. "folder"
/// for other folders and for archives. Nothing for other files.
std::optional<std::string> guess_source(const std::filesystem::path& path);

}  // namespace ridgeline::data
