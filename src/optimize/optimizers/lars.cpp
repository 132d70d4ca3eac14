// LARS (You, Gitman and Ginsburg, arXiv 1708.03888):
//   v = momentum * v + lr * ratio * g;  step = v;  ratio = trust * |w| / |g| of a kernel
// The paper's denominator is |g| + decay * |w|, with the decay in the step; here g contains the
// gradient of the coupled penalty, and the update pass applies decoupled decay.

#include <algorithm>

#include "engine/kernels/shared_runs.hpp"
#include "optimize/optimizers/optimizers.hpp"
#include "optimize/optimizers/trust.hpp"

namespace ridgeline {
namespace optimize {

class LarsOptimizer final : public SetBy<Lars> {
 public:
  explicit LarsOptimizer(const Lars& options) : SetBy("lars", options) {
    check_range("optimizer.momentum", options.momentum, 0, 1);
    check_range("optimizer.trust", options.trust, 1e-30, 1e30);
  }

  int slots() const override { return 1; }
  Scope scope() const override { return Scope::tensor; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    const double ratio = norm_ratio(info, gradient, count);
    const double rate = info.learning_rate * (ratio > 0 ? options_.trust * ratio : 1);
    const auto momentum = static_cast<float>(options_.momentum);
    const auto factor = static_cast<float>(rate);
    float* velocity = slots[0];
    const auto steady = static_cast<float>(rate / (1 - options_.momentum));
    info.parallel(static_cast<std::int64_t>(count), engine::kernels::run_grain,
                  [&](std::int64_t begin, auto end) {
                    for (std::int64_t i = begin; i < end; ++i) {
                      step[i] = velocity[i] = momentum * velocity[i] + factor * gradient[i];
                    }
                    if (metric != nullptr) std::fill(metric + begin, metric + end, steady);
                  });
  }
};

OptimizerPtr make_lars(const Lars& options) {
  return std::make_shared<LarsOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting lars(const Lars& options) {
  return optimize::setting(optimize::make_lars(options), options);
}

}  // namespace ridgeline
