// Group lasso over rows (Yuan and Lin, 2006): strength * sum over rows |W_row|, without a factor
// for the row's length. A proximal step in the optimiser's own metric m, as that of L1:
//   the minimum over w of  sum_i (w_i - v_i)^2 / (2 m_i) + strength |w|
// is 0 where |v / m| <= strength; else w_i = v_i s / (s + strength m_i), where s = |w| solves
//   f(s) = sum_i (v_i / (s + strength m_i))^2 = 1
// by Newton's method on 1 / sqrt(f), which for equal m_i is exact after a step.

#include <algorithm>
#include <cmath>

#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

constexpr int most_iterations = 30;
constexpr double converged = 1e-9;

// The norm of the row that the proximal map gives; 0: it is zero.
double norm_after(double strength, std::span<const float> v, const float* metric) {
  double square = 0, dual = 0, still = 0, largest = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double x = v[i], m = metric[i];
    square += x * x;
    largest = std::max(largest, m);
    if (m > 0) {
      dual += x / m * (x / m);
    } else {
      still += x * x;  // what no gradient moves
    }
  }
  if (still == 0 && dual <= strength * strength) return 0;
  // Both are below the solution, from where Newton's method climbs to it.
  double s = std::max(std::sqrt(square) - strength * largest, std::sqrt(still));
  for (int k = 0; k < most_iterations; ++k) {
    double f = 0, slope = 0;  // slope: -f' / 2
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (v[i] == 0) continue;
      const double inverse = 1 / (s + strength * metric[i]);
      const double share = v[i] * inverse * v[i] * inverse;
      f += share;
      slope += share * inverse;
    }
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
    double sum = 0;
    for (std::int64_t r = 0; r < c.rows; ++r) {
      double square = 0;
      for (std::int64_t i = 0; i < c.columns; ++i) {
        const double x = w[r * c.columns + i];
        square += x * x;
      }
      sum += std::sqrt(square);
    }
    return c.strength * sum;
  }

  void map(const engine::TermContext& c, const float* metric, float* w) const override {
    const auto columns = static_cast<std::size_t>(c.columns);
    for (std::int64_t r = 0; r < c.rows; ++r, w += columns, metric += columns) {
      const double s = norm_after(c.strength, {w, columns}, metric);
      for (std::size_t i = 0; i < columns; ++i) {
        w[i] = s == 0 ? 0.0F : static_cast<float>(w[i] * s / (s + c.strength * metric[i]));
      }
    }
  }
};

}  // namespace

TermPtr group_lasso_term() {
  return std::make_unique<GroupLasso>();
}

}  // namespace ridgeline::objective
