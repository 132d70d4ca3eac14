#pragma once
// Small symmetric positive-definite matrices: their Cholesky factor, and what it solves.

#include <cmath>
#include <cstddef>
#include <vector>

namespace ridgeline::selection {

/// A square matrix, row by row.
class Matrix {
 public:
  explicit Matrix(std::size_t size) : size_(size), values_(size * size) {}
  std::size_t size() const { return size_; }
  double& operator()(std::size_t row, std::size_t column) { return values_[row * size_ + column]; }
  double operator()(std::size_t row, std::size_t column) const {
    return values_[row * size_ + column];
  }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

/// Replaces the lower half of a matrix by the factor L of L Lᵀ. A pivot that rounding has made
/// smaller than `least` becomes `least`.
inline void factorize(Matrix& a, double least) {
  const std::size_t n = a.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      for (std::size_t i = j; i < n; ++i) a(i, j) -= a(i, k) * a(j, k);
    }
    const double pivot = std::sqrt(a(j, j) > least ? a(j, j) : least);
    a(j, j) = pivot;
    for (std::size_t i = j + 1; i < n; ++i) a(i, j) /= pivot;
  }
}

/// Replaces b by the solution of L x = b.
inline void solve_lower(const Matrix& factor, std::vector<double>& b) {
  for (std::size_t i = 0; i < b.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= factor(i, k) * b[k];
    b[i] /= factor(i, i);
  }
}

/// Half the logarithm of the determinant of L Lᵀ.
inline double log_determinant_half(const Matrix& factor) {
  double sum = 0;
  for (std::size_t i = 0; i < factor.size(); ++i) sum += std::log(factor(i, i));
  return sum;
}

}  // namespace ridgeline::selection
