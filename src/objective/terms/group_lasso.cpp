// Group lasso over rows (Yuan and Lin, 2006): strength * sum over rows |W_row|, without a factor
// for the row's length. A proximal step in the optimiser's own metric m, as that of L1:
//   the minimum over w of  sum_i (w_i - v_i)^2 / (2 m_i) + strength |w|
// is 0 if |v / m| <= strength; else w_i = v_i s / (s + strength m_i), where s = |w| solves
//   f(s) = sum_i (v_i / (s + strength m_i))^2 = 1
// by Newton's method on 1 / sqrt(f), which is exact after one step if all m_i are equal.

#include "engine/kernels/group_lasso.hpp"

#include <algorithm>
#include <cmath>

#include "engine/kernels/update_kernels.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

namespace kernels = engine::kernels;

constexpr int most_iterations = 30;
constexpr double converged = 1e-7;      // the error is then the square of this
constexpr double least_square = 1e-70;  // smaller rows cannot be divided by in floats

// The norm of the row after the proximal map; 0: the row is zero.
double norm_after(const kernels::GroupRow& row) {
  const kernels::GroupSums sums = kernels::group_sums(row);
  if (sums.square < least_square) return 0;
  if (sums.still == 0 && sums.dual <= row.strength * row.strength) return 0;
  // All three are below the solution. From there, Newton's method climbs to it.
  double s = std::max(
      {std::sqrt(sums.square) - row.strength * sums.largest, std::sqrt(sums.still), sums.bound});
  for (int k = 0; k < most_iterations; ++k) {
    const auto [f, slope] = kernels::group_value(row, s);
    const double step = (std::sqrt(f) - 1) * f / slope;
    s += step;
    if (std::abs(step) <= converged * s) break;
  }
  return s;
}

class GroupLasso final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "group_lasso"; }
  bool wants_metric() const override { return true; }
  bool has_map() const override { return true; }

  double value(const engine::TermContext& c, const float* w) const override {
    return c.strength * c.parallel.sum(c.rows, 1, [&](std::int64_t row, std::int64_t) {
      return std::sqrt(kernels::square_sum(w + row * c.columns, c.row_size()));
    });
  }

  void map(const engine::TermContext& c, const float* metric, float* w) const override {
    c.parallel(c.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        float* row = w + r * c.columns;
        const kernels::GroupRow group{row, metric + r * c.columns, c.row_size(), c.strength};
        const double s = norm_after(group);
        if (s == 0) {
          std::fill_n(row, c.columns, 0.0F);
        } else {
          kernels::group_scale(group, s, row);  // NaN stays NaN
        }
      }
    });
  }
};

}  // namespace

TermPtr group_lasso_term() {
  return std::make_unique<GroupLasso>();
}

}  // namespace ridgeline::objective
