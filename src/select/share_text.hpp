#pragma once
// Shares of the images as people read them. Files and JSON have the number.

#include <string>

namespace ridgeline::selection {

/// "1/8", "0.3", "all" for 1.
std::string share_text(double share);
/// "1/8 of the images", "all images".
std::string images_text(double share);

}  // namespace ridgeline::selection
