// RAdam (Liu et al., arXiv 1908.03265) in PyTorch's recurrence: Adam's step times the rectification
//   sqrt((r - 4) (r - 2) R / ((R - 4) (R - 2) r)),  R = 2 / (1 - b2) - 1,
//   r = R - 2 t b2^t / (1 - b2^t)
// with epsilon added to sqrt(v) before its bias is corrected; if r <= 5, lr m / (1 - b1^t).

#include "optimize/optimizers/moments.hpp"
#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace optimize {

class RAdamOptimizer final : public SetBy<Adam> {
 public:
  explicit RAdamOptimizer(const Adam& options) : SetBy("radam", options) {
    check_averages(options);
  }

  int slots() const override { return 2; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    Moments moments = adam_moments(options_, info.learning_rate, info.step);
    const auto t = static_cast<double>(info.step);
    const double power = std::pow(options_.beta2, t);
    const double most = 2 / (1 - options_.beta2) - 1, now = most - 2 * t * power / (1 - power);
    if (now > 5) {
      const double rectification =
          std::sqrt((now - 4) * (now - 2) * most / ((most - 4) * (most - 2) * now));
      moments.rate *= rectification;
      moments.steady *= rectification;
      moments.epsilon *= moments.root;
    } else {
      moments.root = 0;
      moments.epsilon = 1;
    }
    moment_step(moments, {count, gradient, slots, step, metric});
  }
};

OptimizerPtr make_radam(const Adam& options) {
  return std::make_shared<RAdamOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting radam(const Adam& options) {
  return optimize::setting(optimize::make_radam(options), options);
}

}  // namespace ridgeline
