#pragma once
// The product of a matrix with itself along its longer side, and products with the result: for the
// orthogonality penalty. Row-major; arrays are aligned to 64 bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ridgeline/parallel.hpp"

namespace ridgeline::engine::kernels {

struct MatrixShape {
  std::int64_t rows, columns;

  bool wide() const { return rows <= columns; }
  std::int64_t side() const { return std::min(rows, columns); }
  std::size_t size() const { return static_cast<std::size_t>(rows * columns); }
  std::size_t gram_size() const { return static_cast<std::size_t>(side() * side()); }
};

/// gram = X X^T of a wide matrix, X^T X of another: side x side.
void multiply_by_itself(const Parallel& parallel, const MatrixShape& shape, const float* x,
                        float* gram);
/// y = S X of a wide matrix, X S of another, with a symmetric S of the size of the gram.
void multiply_by_symmetric(const Parallel& parallel, const MatrixShape& shape, const float* x,
                           const float* symmetric, float* y);

}  // namespace ridgeline::engine::kernels
