#pragma once
// What a file is that is no image we read.

#include <string>

#include "image/decode.hpp"

namespace ridgeline::image {

/// A sentence without its subject, the file: "is empty: ...", "begins like HTML: ...".
std::string not_an_image(Bytes file);

}  // namespace ridgeline::image
