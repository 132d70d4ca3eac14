#pragma once
// An image mirrored in place.

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// Left and right exchanged.
void flip_horizontal(Image& image);
/// Top and bottom exchanged.
void flip_vertical(Image& image);

}  // namespace ridgeline::image
