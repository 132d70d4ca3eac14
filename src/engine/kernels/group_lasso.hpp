#pragma once
// The vector loops of the proximal map of strength |w| over a row, in a metric m of its own for
// each weight; objective/terms/group_lasso.cpp has the mathematics. Rows of any length and
// alignment; 1 / |v| must be a float where v is not 0.

#include <cstddef>

namespace ridgeline::engine::kernels {

struct GroupRow {
  const float* v;       ///< before the map
  const float* metric;  ///< not negative
  std::size_t count;
  double strength;
};

/// Sums over a row, which do not need |w|.
struct GroupSums {
  double square = 0;   ///< |v|^2
  double dual = 0;     ///< |v / m|^2 where m > 0
  double still = 0;    ///< |v|^2 where m = 0
  double largest = 0;  ///< max of m
  double bound = 0;    ///< max of |v_i| - strength m_i, or 0: |w| is at least that
};
GroupSums group_sums(const GroupRow& row);

/// f(s) = sum of (v_i / (s + strength m_i))^2 and -f'(s) / 2, for s >= bound, s > 0.
struct GroupValue {
  double f, slope;
};
GroupValue group_value(const GroupRow& row, double s);

/// w = v s / (s + strength m), s > 0; w may be v.
void group_scale(const GroupRow& row, double s, float* w);

}  // namespace ridgeline::engine::kernels
