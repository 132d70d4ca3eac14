#pragma once
// Says what a file is if it is not an image that can be read.

#include <string>

#include "image/decode.hpp"

namespace ridgeline::image {

/// A sentence without its subject, the file: "is empty: ...", "begins like HTML: ...".
std::string not_an_image(Bytes file);

}  // namespace ridgeline::image
