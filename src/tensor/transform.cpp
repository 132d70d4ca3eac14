#include "ridgeline/transform.hpp"

namespace ridgeline {

Transform Transform::identity(std::int64_t height, std::int64_t width) {
  Transform same;
  same.height = height;
  same.width = width;
  return same;
}

Transform Transform::box(double left, double top, double box_width, double box_height,
                         std::int64_t height, std::int64_t width) {
  const double across = static_cast<double>(width) / box_width,
               down = static_cast<double>(height) / box_height;
  return {{across, 0, -left * across, 0, down, -top * down, 0, 0, 1}, height, width};
}

Transform Transform::flip(std::int64_t height, std::int64_t width) {
  return {{-1, 0, static_cast<double>(width), 0, 1, 0, 0, 0, 1}, height, width};
}

Point Transform::operator()(Point point) const {
  const auto& m = matrix;
  const double u = m[0] * point.x + m[1] * point.y + m[2];
  const double v = m[3] * point.x + m[4] * point.y + m[5];
  const double w = m[6] * point.x + m[7] * point.y + m[8];
  return {u / w, v / w};
}

Transform Transform::then(const Transform& next) const {
  Transform both;
  both.height = next.height;
  both.width = next.width;
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += next.matrix[3 * r + k] * matrix[3 * k + c];
      both.matrix[3 * r + c] = sum;
    }
  }
  return both;
}

Transform Transform::inverse() const {
  const auto& m = matrix;
  Transform back;
  back.matrix = {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                 m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                 m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
  const double determinant = m[0] * back.matrix[0] + m[1] * back.matrix[3] + m[2] * back.matrix[6];
  for (double& number : back.matrix) number /= determinant;
  if (affine()) {
    back.matrix[6] = back.matrix[7] = 0;
    back.matrix[8] = 1;
  }
  return back;
}

}  // namespace ridgeline
