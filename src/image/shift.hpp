#pragma once
// An image moved by whole pixels.

#include "image/colour.hpp"
#include "image/resize.hpp"

namespace ridgeline::image {

/// What fills the border that becomes free.
enum class Border {
  fill,     ///< one colour
  reflect,  ///< the image, mirrored at its outermost pixels
};

/// The image moved to the right and down by so many pixels, which may be below 0, into `to`, whose
/// memory is used again. `image` is not a view of `to`.
void shift(const ImageView& image, std::int64_t right, std::int64_t down, Border border,
           Colour fill, Image& to);

/// The pixel that `reflect` shows at `place` of an axis of `size` pixels: it mirrors at 0 and size
/// - 1.
std::int64_t reflected(std::int64_t place, std::int64_t size);

}  // namespace ridgeline::image
