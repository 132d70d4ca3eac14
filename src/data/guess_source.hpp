#pragma once
// Which source reads a folder or file that a user names.

#include <filesystem>
#include <optional>
#include <string>

namespace ridgeline::data {

/// The name of the source: one of known files, such as "cifar10", where these are there (of several
/// the one that is named in the path, else "idx"); "table" for a file that is a table by its name,
/// or a folder that has one beside no folder `train` of class folders; else "folder" for a folder
/// or an archive. Nothing for another file.
std::optional<std::string> guess_source(const std::filesystem::path& path);

}  // namespace ridgeline::data
