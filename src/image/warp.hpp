#pragma once
// Applies any change of coordinates to an image.

#include <cstdint>
#include <vector>

#include "image/colour.hpp"
#include "image/resize.hpp"
#include "ridgeline/transform.hpp"

namespace ridgeline::image {

/// Memory that a thread uses again, from one image to the next.
struct WarpScratch {
  /// For each pixel of a row: the column and row of the pixel above and to the left of its place in
  /// the image, and the distances to the right and down in units of 1/2048 pixel.
  std::vector<std::int32_t> column, row, right, down;
};

/// Writes the changed image to `to`, whose memory is used again. It has transform.height x
/// transform.width pixels. The centre of each is mapped back into the image. `nearest` takes the
/// pixel there, `bilinear` the weighted mean of the four around it. Pixels outside of the image
/// have the colour `fill`. There is no antialiasing: use `resize` if an image shrinks a lot. It
/// equals torchvision's `affine`, `rotate` and `perspective` to one grey level. `image` is not a
/// view of `to`. Throws UsageError for other filters, an empty size and a transform that cannot be
/// inverted.
void warp(const ImageView& image, const Transform& transform, Filter filter, Colour fill, Image& to,
          WarpScratch& scratch);

}  // namespace ridgeline::image
