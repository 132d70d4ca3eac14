#pragma once
// Image files on the disk.

#include <filesystem>

#include "image/decode.hpp"

namespace ridgeline::data {

/// The bytes of the file. Throws what FileReader throws, and DataError for a file that is too large
/// to be an image.
std::vector<std::uint8_t> read_image_bytes(const std::filesystem::path& file);

/// Reads the file and decodes it (image/decode.hpp). Throws what FileReader and `image::decode`
/// throw; every sentence begins with the file's name.
Image read_image(const std::filesystem::path& file, const ImageRequest& request = {});

/// The header of the image in the file.
image::Header read_image_header(const std::filesystem::path& file);

}  // namespace ridgeline::data
