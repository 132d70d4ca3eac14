#include "network/orthogonal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ridgeline::network {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

void fill_orthogonal(std::int64_t rows, std::int64_t columns, Random& random,
                     std::span<float> matrix) {
  const auto count = static_cast<std::size_t>(std::min(rows, columns));
  const auto length = static_cast<std::size_t>(std::max(rows, columns));
  std::vector<double> vectors(count * length);
  for (double& value : vectors) value = random.normal();

  const auto vector = [&](std::size_t i) { return std::span(vectors).subspan(i * length, length); };
  for (std::size_t i = 0; i < count; ++i) {
    const auto v = vector(i);
    // Gram-Schmidt loses orthogonality to rounding once; a second pass restores it.
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto q = vector(j);
        const double share = dot(v, q);
        for (std::size_t k = 0; k < length; ++k) v[k] -= share * q[k];
      }
    }
    const double norm = std::sqrt(dot(v, v));
    for (double& value : v) value /= norm;
  }

  const bool by_rows = rows <= columns;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < length; ++k) {
      matrix[by_rows ? i * length + k : k * count + i] =
          static_cast<float>(vectors[i * length + k]);
    }
  }
}

}  // namespace ridgeline::network
