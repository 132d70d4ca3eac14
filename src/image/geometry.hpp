#pragma once
// Turns, shears and other changes of an image's coordinates. They keep its size. Angles are in
// degrees, clockwise.

#include <array>
#include <cstdint>

#include "ridgeline/transform.hpp"

namespace ridgeline::image {

/// What `affine` does, in this order.
struct AffineChange {
  double scale = 1;
  double shear_x = 0, shear_y = 0;  ///< angles; x first
  double degrees = 0;
  double right = 0, down = 0;  ///< pixels
};

/// The change around `centre`. It is torchvision's `affine` with the same numbers. Throws
/// UsageError for a scale that is not above 0 and a shear of 90 degrees or more.
Transform affine(std::int64_t height, std::int64_t width, const AffineChange& change, Point centre);
/// Around the centre of the image.
Transform affine(std::int64_t height, std::int64_t width, const AffineChange& change);

/// Moves the image. The numbers of pixels need not be whole.
Transform shift(std::int64_t height, std::int64_t width, double right, double down);

/// Top and bottom exchanged.
Transform flip_vertical(std::int64_t height, std::int64_t width);

using Corners = std::array<Point, 4>;

/// The projective map that takes each of the four points `from` to its partner in `to`. Throws
/// UsageError if three of them are on one line.
Transform perspective(std::int64_t height, std::int64_t width, const Corners& from,
                      const Corners& to);

}  // namespace ridgeline::image
