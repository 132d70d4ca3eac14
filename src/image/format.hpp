#pragma once
// What format a file is in, without reading its header.

#include <string_view>

#include "image/decode.hpp"

namespace ridgeline::image {

/// As many bytes as `format_of` looks at.
inline constexpr std::uint64_t signature_bytes = 64;

/// "JPEG", "PNG", "WebP", "TIFF", "BMP" or "PNM", by the first bytes of a file; empty for others.
std::string_view format_of(Bytes first);

bool begins_with(Bytes file, std::string_view signature);

}  // namespace ridgeline::image
