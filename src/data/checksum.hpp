#pragma once
// Checksums of files.

#include <filesystem>
#include <string>

namespace ridgeline::data {

/// The SHA-256 of a file, 64 hexadecimal digits. Throws ResourceError where it cannot be read.
std::string sha256(const std::filesystem::path& path);

}  // namespace ridgeline::data
