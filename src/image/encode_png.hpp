#pragma once
// Turns pixels into a PNG file.

#include <cstdint>
#include <vector>

#include "image/resize.hpp"

namespace ridgeline::image {

/// The bytes of a PNG file with 8 bits a channel, grey or sRGB. Throws ResourceError.
std::vector<std::uint8_t> encode_png(const ImageView& image);

}  // namespace ridgeline::image
