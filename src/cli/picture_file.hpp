#pragma once
// Writes pictures in the format that the file's name gives.

#include <string>

#include "image/resize.hpp"

namespace ridgeline::cli {

/// To be called before any work is done. Throws UsageError, which names the option, for a name that
/// ends in neither .png, .jpg nor .jpeg, and ResourceError for a file that cannot be written.
void check_picture_file(const std::string& option, const std::string& file);

/// Writes a PNG or JPEG file. Throws ResourceError.
void write_picture(const std::string& file, const image::ImageView& picture);

}  // namespace ridgeline::cli
