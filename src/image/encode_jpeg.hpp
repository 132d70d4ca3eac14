#pragma once
// Turns pixels into a JPEG file.

#include <cstdint>
#include <vector>

#include "image/resize.hpp"

namespace ridgeline::image {

/// The bytes of a JPEG file of quality 92 without chroma subsampling, grey or sRGB. Throws
/// ResourceError, also for a side above 65,500 pixels, the limit of JPEG.
std::vector<std::uint8_t> encode_jpeg(const ImageView& image);

}  // namespace ridgeline::image
