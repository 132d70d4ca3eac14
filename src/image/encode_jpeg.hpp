#pragma once
// Pixels into a JPEG file.

#include <cstdint>
#include <vector>

#include "image/resize.hpp"

namespace ridgeline::image {

/// The bytes of a JPEG file of quality 92 without chroma subsampling, grey or sRGB. Throws
/// ResourceError, also for a side above 65,500 pixels, which JPEG does not have.
std::vector<std::uint8_t> encode_jpeg(const ImageView& image);

}  // namespace ridgeline::image
