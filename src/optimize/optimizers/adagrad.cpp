// Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011) in PyTorch's recurrence:
//   v = v + g^2;  step = lr g / (sqrt(v) + epsilon)
// The slot, which begins at 0, holds v without its initial value.

#include "optimize/optimizers/optimizers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/adagrad.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "optimize/optimizers/roots.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

void AdagradStep(const Adagrad& options, double learning_rate, std::size_t count,
                 const float* gradient, float* sum, float* step, float* metric) {
  const Tag d;
  const auto initial = hn::Set(d, static_cast<float>(options.initial_accumulator));
  const auto epsilon = hn::Set(d, static_cast<float>(options.epsilon));
  const auto rate = hn::Set(d, static_cast<float>(learning_rate));
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, gradient + i);
    const auto v = hn::MulAdd(g, g, hn::Load(d, sum + i));
    hn::Store(v, d, sum + i);
    const auto m = hn::Mul(rate, Reciprocal(hn::Add(SquareRoot(hn::Add(initial, v)), epsilon)));
    hn::Store(hn::Mul(m, g), d, step + i);
    if (metric != nullptr) hn::Store(m, d, metric + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline {
namespace optimize {

HWY_EXPORT(AdagradStep);

class AdagradOptimizer final : public SetBy<Adagrad> {
 public:
  explicit AdagradOptimizer(const Adagrad& options) : SetBy("adagrad", options) {
    check_range("optimizer.initial_accumulator", options.initial_accumulator, 0, 1e30);
    check_range("optimizer.epsilon", options.epsilon, 1e-30, 1e30);
  }

  int slots() const override { return 1; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    HWY_DYNAMIC_DISPATCH(AdagradStep)
    (options_, info.learning_rate, count, gradient, slots[0], step, metric);
  }
};

OptimizerPtr make_adagrad(const Adagrad& options) {
  return std::make_shared<AdagradOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting adagrad(const Adagrad& options) {
  return optimize::setting(optimize::make_adagrad(options), options);
}

}  // namespace ridgeline
#endif  // HWY_ONCE
