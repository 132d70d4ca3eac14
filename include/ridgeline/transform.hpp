#pragma once
// A change of an image's coordinates: what a geometric augmentation does to the image and to
// everything that was drawn on it.

#include <array>
#include <cstdint>

namespace ridgeline {

struct Point {
  double x = 0, y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

/// A projective map from the coordinates of an image to those of a changed one, and the size of the
/// changed one. Coordinates are continuous: x goes right, y down, and the pixel in row r and column
/// c covers [c, c + 1) x [r, r + 1).
struct Transform {
  /// Row-major. (x, y, 1) becomes (u, v, w), and the new place is (u / w, v / w).
  std::array<double, 9> matrix{1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::int64_t height = 0, width = 0;  ///< of the changed image

  static Transform identity(std::int64_t height, std::int64_t width);
  /// The box [left, left + box_width) x [top, top + box_height) brought to height x width.
  static Transform box(double left, double top, double box_width, double box_height,
                       std::int64_t height, std::int64_t width);
  /// Left and right exchanged.
  static Transform flip(std::int64_t height, std::int64_t width);

  Point operator()(Point point) const;
  /// First this one, then `next`.
  Transform then(const Transform& next) const;
  /// From the changed image to the original; height and width are not known there and are 0.
  Transform inverse() const;
  /// Whether straight lines stay parallel: the last row is (0, 0, 1).
  bool affine() const { return matrix[6] == 0 && matrix[7] == 0 && matrix[8] == 1; }
  friend bool operator==(const Transform&, const Transform&) = default;
};

}  // namespace ridgeline
