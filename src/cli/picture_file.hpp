#pragma once
// Writes pictures in the format that the file's name gives.

#include <string>

#include "image/resize.hpp"

namespace ridgeline::cli {

/// Throws UsageError, which names the option, for a name that does not end in .png, .jpg or .jpeg.
/// To be called before any work is done.
void check_picture_name(const std::string& option, const std::string& file);

/// Writes a PNG or JPEG file. Throws ResourceError.
void write_picture(const std::string& file, const image::ImageView& picture);

}  // namespace ridgeline::cli
