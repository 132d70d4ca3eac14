// Adam (Kingma and Ba, arXiv 1412.6980) in PyTorch's recurrence. AdamW is the same step: its decay
// is decoupled and applied by the update pass.

#include "optimize/optimizers/moments.hpp"
#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline {
namespace optimize {

class AdamOptimizer final : public SetBy<Adam> {
 public:
  AdamOptimizer(std::string_view kind, const Adam& options) : SetBy(kind, options) {
    check_averages(options);
  }

  int slots() const override { return 2; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    moment_step(adam_moments(options_, info.learning_rate, info.step),
                {count, gradient, slots, step, metric});
  }
};

OptimizerPtr make_adam(std::string_view kind, const Adam& options) {
  return std::make_shared<AdamOptimizer>(kind, options);
}

}  // namespace optimize

OptimizerSetting adam(const Adam& options) {
  return optimize::setting(optimize::make_adam("adam", options), options);
}

OptimizerSetting adamw(const Adam& options) {
  return optimize::setting(optimize::make_adam("adamw", options), options);
}

}  // namespace ridgeline
