// Muon (Jordan et al., https://kellerjordan.github.io/posts/muon, 2024) in PyTorch's recurrence:
//   m = momentum * m + (1 - momentum) g;  u = m, or with Nesterov (1 - momentum) g + momentum * m
//   step = lr * 0.2 sqrt(max(rows, columns)) * O(u / |u|)
// O takes some steps X <- a X + b X X^T X + c X (X^T X)^2, which brings the singular values near 1
// and leaves the singular vectors. The factor before it makes an entry's step about Adam's in size
// (Liu et al., arXiv 2502.16982).

#include <algorithm>
#include <cmath>

#include "engine/kernels/gram.hpp"
#include "engine/kernels/shared_runs.hpp"
#include "optimize/optimizers/moments.hpp"
#include "optimize/optimizers/optimizers.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline {
namespace optimize {
namespace {

namespace kernels = engine::kernels;

constexpr double coefficient_a = 3.4445, coefficient_b = -4.775, coefficient_c = 2.0315;
constexpr double least_norm = 1e-7;

// Leaves in x a matrix of x's singular vectors whose singular values are near 1.
void orthogonalise(const Parallel& parallel, const kernels::MatrixShape& shape, float* x,
                   std::int64_t steps) {
  const std::int64_t side = shape.side();
  Buffer<float> gram(shape.gram_size()), polynomial(shape.gram_size()), next(shape.size());
  for (std::int64_t k = 0; k < steps; ++k) {
    kernels::multiply_by_itself(parallel, shape, x, gram.data());
    kernels::multiply_by_itself(parallel, {side, side}, gram.data(), polynomial.data());
    for (std::size_t i = 0; i < shape.gram_size(); ++i) {
      polynomial[i] = static_cast<float>(coefficient_b) * gram[i] +
                      static_cast<float>(coefficient_c) * polynomial[i];
    }
    for (std::int64_t i = 0; i < side; ++i) {
      polynomial[static_cast<std::size_t>(i * (side + 1))] += static_cast<float>(coefficient_a);
    }
    kernels::multiply_by_symmetric(parallel, shape, x, polynomial.data(), next.data());
    std::copy_n(next.data(), shape.size(), x);
  }
}

}  // namespace

class MuonOptimizer final : public SetBy<Muon> {
 public:
  explicit MuonOptimizer(const Muon& options) : SetBy("muon", options) {
    check_range("optimizer.momentum", options.momentum, 0, 1);
    check_whole("optimizer.newton_schulz", options.newton_schulz, 100);
    check_averages(options);
  }

  int slots() const override { return 2; }
  Scope scope() const override { return Scope::tensor; }
  bool has_metric() const override { return false; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    if (info.role != Role::kernel) {
      moment_step(info.parallel, adam_moments(options_, info.learning_rate, info.step),
                  {count, gradient, slots, step, metric});
      return;
    }
    const auto momentum = static_cast<float>(options_.momentum), rest = 1 - momentum;
    float* mean = slots[0];
    info.parallel(
        static_cast<std::int64_t>(count), kernels::run_grain, [&](std::int64_t begin, auto end) {
          for (std::int64_t i = begin; i < end; ++i) {
            mean[i] = momentum * mean[i] + rest * gradient[i];
            step[i] = options_.nesterov ? momentum * mean[i] + rest * gradient[i] : mean[i];
          }
        });
    const kernels::MatrixShape shape{info.rows, info.columns};
    const double norm = std::sqrt(kernels::square_sum(info.parallel, step, count));
    kernels::scale(info.parallel, step, count, static_cast<float>(1 / std::max(norm, least_norm)));
    orthogonalise(info.parallel, shape, step, options_.newton_schulz);
    const auto side = static_cast<double>(std::max(shape.rows, shape.columns));
    kernels::scale(info.parallel, step, count,
                   static_cast<float>(info.learning_rate * 0.2 * std::sqrt(side)));
  }
};

OptimizerPtr make_muon(const Muon& options) {
  return std::make_shared<MuonOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting muon(const Muon& options) {
  return optimize::setting(optimize::make_muon(options), options);
}

}  // namespace ridgeline
