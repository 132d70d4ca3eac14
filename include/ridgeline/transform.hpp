#pragma once
// A transformation of image coordinates. A geometric augmentation applies the same one to the image
// and to its target.

#include <array>
#include <cstdint>

namespace ridgeline {

struct Point {
  double x = 0, y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

/// A projective map from the coordinates of an image to those of a new image, with the size of the
/// new image. Coordinates are continuous: x goes right, y goes down, and the pixel in row r and
/// column c covers [c, c + 1) x [r, r + 1).
struct Transform {
  /// Row-major. It maps (x, y, 1) to (u, v, w), and the new coordinates are (u / w, v / w).
  std::array<double, 9> matrix{1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::int64_t height = 0, width = 0;  ///< of the new image

  static Transform identity(std::int64_t height, std::int64_t width);
  /// Resizes the box [left, left + box_width) x [top, top + box_height) to height x width.
  static Transform box(double left, double top, double box_width, double box_height,
                       std::int64_t height, std::int64_t width);
  /// Exchanges left and right.
  static Transform flip(std::int64_t height, std::int64_t width);

  Point operator()(Point point) const;
  /// First this one, then `next`.
  Transform then(const Transform& next) const;
  /// The map from the new image to the original. Its height and width are not known and are 0.
  Transform inverse() const;
  /// Whether straight lines stay parallel: the last row is (0, 0, 1).
  bool affine() const { return matrix[6] == 0 && matrix[7] == 0 && matrix[8] == 1; }
  friend bool operator==(const Transform&, const Transform&) = default;
};

}  // namespace ridgeline
