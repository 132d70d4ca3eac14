#pragma once
// Constraints on the norm of each row.

#include <cmath>

#include "engine/kernels/update_kernels.hpp"
#include "engine/matrix_term.hpp"

namespace ridgeline::objective {

/// Multiplies each row by factor(its norm).
template <typename Factor>
void scale_rows(const engine::TermContext& c, float* w, Factor factor) {
  c.parallel(c.rows, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      float* row = w + r * c.columns;
      const double square = engine::kernels::square_sum(row, c.row_size());
      const auto by = static_cast<float>(factor(std::sqrt(square)));
      if (by != 1) engine::kernels::scale(row, c.row_size(), by);
    }
  });
}

}  // namespace ridgeline::objective
