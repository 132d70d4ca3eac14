// The spectral norm (Yoshida and Miyato, arXiv 1705.10941):
//   strength / 2 s^2, s the largest singular value of W;  gradient: strength s u v^T
// u and v come from power iteration: one step for each update, which continues the last one.

#include <cmath>
#include <numeric>
#include <vector>

#include "engine/kernels/update_kernels.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

namespace kernels = engine::kernels;

constexpr std::int64_t grain = 64;  // columns
constexpr int most_iterations = 500;
constexpr double converged = 1e-9;  // the relative change of s

double normalise(std::span<double> x) {
  const double norm = std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
  if (norm > 0) {
    for (double& e : x) e /= norm;
  }
  return norm;
}

// Power iteration towards the first pair of singular vectors, from u on.
class Power {
 public:
  Power(const engine::TermContext& c, const float* w, std::span<double> u)
      : c_(c), w_(w), u_(u), v_(static_cast<std::size_t>(c.columns)) {
    const bool fresh = std::inner_product(u.begin(), u.end(), u.begin(), 0.0) == 0;
    // An arbitrary direction, which is hardly ever orthogonal to a singular vector.
    for (std::size_t i = 0; fresh && i < u.size(); ++i) {
      u[i] = 1 + std::sin(1 + 2.7 * static_cast<double>(i));
    }
    if (fresh) normalise(u);
    set_v();
  }

  void iterate() {
    c_.parallel(c_.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        u_[static_cast<std::size_t>(r)] =
            kernels::dot(v_.data(), w_ + r * c_.columns, c_.row_size());
      }
    });
    normalise(u_);
    set_v();
  }
  double s() const { return s_; }
  std::span<const double> v() const { return v_; }

 private:
  void set_v() {
    c_.parallel(c_.columns, grain, [&](std::int64_t begin, std::int64_t end) {
      const auto count = static_cast<std::size_t>(end - begin);
      double* v = v_.data() + begin;
      std::fill_n(v, count, 0.0);
      for (std::int64_t r = 0; r < c_.rows; ++r) {
        kernels::add_scaled(v, u_[static_cast<std::size_t>(r)], w_ + r * c_.columns + begin, count);
      }
    });
    s_ = normalise(v_);
  }

  const engine::TermContext& c_;
  const float* w_;
  std::span<double> u_;
  std::vector<double> v_;
  double s_ = 0;
};

class Spectral final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "spectral"; }
  std::size_t memory(std::int64_t rows, std::int64_t) const override {
    return static_cast<std::size_t>(rows);
  }
  bool has_gradient() const override { return true; }

  double value(const engine::TermContext& c, const float* w) const override {
    std::vector<double> u(static_cast<std::size_t>(c.rows));
    Power power(c, w, u);
    double before = 0;
    for (int i = 0; i < most_iterations; ++i) {
      before = power.s();
      power.iterate();
      if (std::abs(power.s() - before) <= converged * power.s()) break;
    }
    return c.strength / 2 * power.s() * power.s();
  }

  // The value uses the same s as the gradient.
  double add_gradient(const engine::TermContext& c, const float* w,
                      float* gradient) const override {
    Power power(c, w, c.memory);
    power.iterate();
    const std::vector<float> v(power.v().begin(), power.v().end());
    c.parallel(c.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        const double factor = c.strength * power.s() * c.memory[static_cast<std::size_t>(r)];
        kernels::add_scaled(gradient + r * c.columns, static_cast<float>(factor), v.data(),
                            c.row_size());
      }
    });
    return c.strength / 2 * power.s() * power.s();
  }
};

}  // namespace

TermPtr spectral_term() {
  return std::make_unique<Spectral>();
}

}  // namespace ridgeline::objective
