#pragma once
// Constraints on the norm of each row.

#include <cmath>

#include "engine/matrix_term.hpp"

namespace ridgeline::objective {

/// Multiplies each row by factor(its norm).
template <typename Factor>
void scale_rows(const engine::TermContext& c, float* w, Factor factor) {
  for (std::int64_t r = 0; r < c.rows; ++r, w += c.columns) {
    double square = 0;
    for (std::int64_t i = 0; i < c.columns; ++i) square += static_cast<double>(w[i]) * w[i];
    const double by = factor(std::sqrt(square));
    if (by == 1) continue;
    for (std::int64_t i = 0; i < c.columns; ++i) w[i] = static_cast<float>(by * w[i]);
  }
}

}  // namespace ridgeline::objective
