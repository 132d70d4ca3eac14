#include "image/geometry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "ridgeline/error.hpp"

namespace ridgeline::image {
namespace {

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// Solves eight equations in eight unknowns; each row ends with the right side.
bool solve(std::array<std::array<double, 9>, 8>& rows) {
  for (std::size_t column = 0; column < 8; ++column) {
    std::size_t best = column;
    for (std::size_t r = column + 1; r < 8; ++r) {
      if (std::abs(rows[r][column]) > std::abs(rows[best][column])) best = r;
    }
    std::swap(rows[column], rows[best]);
    const double pivot = rows[column][column];
    // Written so that NaN fails.
    if (!(std::abs(pivot) > 1e-12)) return false;
    for (double& number : rows[column]) number /= pivot;
    for (std::size_t r = 0; r < 8; ++r) {
      if (r == column) continue;
      const double factor = rows[r][column];
      for (std::size_t c = column; c < 9; ++c) rows[r][c] -= factor * rows[column][c];
    }
  }
  return true;
}

}  // namespace

Transform affine(std::int64_t height, std::int64_t width, const AffineChange& change,
                 Point centre) {
  if (!(change.scale > 0) || !std::isfinite(change.scale)) {
    throw UsageError(
        fmt::format("the scale of an affine change must be above 0, not {}", change.scale));
  }
  for (const double shear : {change.shear_x, change.shear_y}) {
    if (!(std::abs(shear) < 90)) {
      throw UsageError(fmt::format("a shear must be between -90 and 90 degrees, not {}", shear));
    }
  }
  const double turn = radians(change.degrees);
  const double tan_x = std::tan(radians(change.shear_x)), tan_y = std::tan(radians(change.shear_y));
  const double cosine = std::cos(turn), sine = std::sin(turn);
  // The scale times three 2 x 2 matrices: the turn, the shear of y by x, and the shear of x by y.
  const double a = change.scale * (cosine + sine * tan_y);
  const double c = change.scale * (sine - cosine * tan_y);
  const double b = -a * tan_x - change.scale * sine;
  const double d = -c * tan_x + change.scale * cosine;
  return {{a, b, centre.x + change.right - a * centre.x - b * centre.y, c, d,
           centre.y + change.down - c * centre.x - d * centre.y, 0, 0, 1},
          height,
          width};
}

Transform affine(std::int64_t height, std::int64_t width, const AffineChange& change) {
  return affine(height, width, change,
                {0.5 * static_cast<double>(width), 0.5 * static_cast<double>(height)});
}

Transform shift(std::int64_t height, std::int64_t width, double right, double down) {
  return {{1, 0, right, 0, 1, down, 0, 0, 1}, height, width};
}

Transform flip_vertical(std::int64_t height, std::int64_t width) {
  return {{1, 0, 0, 0, -1, static_cast<double>(height), 0, 0, 1}, height, width};
}

Transform perspective(std::int64_t height, std::int64_t width, const Corners& from,
                      const Corners& to) {
  // In units of the image's size, so that all numbers are near 1.
  const double size = static_cast<double>(std::max<std::int64_t>({height, width, 1}));
  std::array<std::array<double, 9>, 8> rows{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = from[i].x / size, y = from[i].y / size, u = to[i].x / size, v = to[i].y / size;
    rows[2 * i] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
    rows[2 * i + 1] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
  }
  if (!solve(rows)) {
    throw UsageError("three corners of a change of perspective are on one line");
  }
  const auto m = [&](std::size_t i) { return rows[i][8]; };
  return {{m(0), m(1), m(2) * size, m(3), m(4), m(5) * size, m(6) / size, m(7) / size, 1},
          height,
          width};
}

}  // namespace ridgeline::image
