// LAMB (You et al., arXiv 1904.00962), with Adam's corrections of bias and phi(x) = x:
//   r = m^ / (sqrt(v^) + epsilon);  step = lr * |w| / |r| * r of a kernel
// The paper's r contains the decay. Here the coupled penalty is in the gradient, and so in m and v,
// and the update pass applies decoupled decay.

#include "engine/kernels/shared_runs.hpp"
#include "optimize/optimizers/moments.hpp"
#include "optimize/optimizers/optimizers.hpp"
#include "optimize/optimizers/trust.hpp"

namespace ridgeline {
namespace optimize {

class LambOptimizer final : public SetBy<Adam> {
 public:
  explicit LambOptimizer(const Adam& options) : SetBy("lamb", options) { check_averages(options); }

  int slots() const override { return 2; }
  Scope scope() const override { return Scope::tensor; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    moment_step(info.parallel, adam_moments(options_, 1, info.step),
                {count, gradient, slots, step, metric});
    const double ratio = norm_ratio(info, step, count);
    const auto rate = static_cast<float>(info.learning_rate * (ratio > 0 ? ratio : 1));
    engine::kernels::scale(info.parallel, step, count, rate);
    if (metric != nullptr) engine::kernels::scale(info.parallel, metric, count, rate);
  }
};

OptimizerPtr make_lamb(const Adam& options) {
  return std::make_shared<LambOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting lamb(const Adam& options) {
  return optimize::setting(optimize::make_lamb(options), options);
}

}  // namespace ridgeline
