#pragma once
// Parts of an image in one colour.

#include "image/colour.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// The part of the box that is inside of the image.
PixelBox inside(const PixelBox& box, const Image& image);

/// Gives the pixels of the box that are inside of the image one colour.
void fill_box(Image& image, const PixelBox& box, Colour colour);

}  // namespace ridgeline::image
