// Lion (Chen et al., arXiv 2302.06675):
//   step = lr sign(b1 m + (1 - b1) g);  m = b2 m + (1 - b2) g

#include "optimize/optimizers/optimizers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/lion.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;

void LionStep(const Lion& options, double learning_rate, std::size_t count, const float* gradient,
              float* mean, float* step) {
  const Tag d;
  const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
  const auto beta1 = set(options.beta1), rest1 = set(1 - options.beta1);
  const auto beta2 = set(options.beta2), rest2 = set(1 - options.beta2);
  const auto rate = set(learning_rate), zero = hn::Zero(d);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, gradient + i), m = hn::Load(d, mean + i);
    const auto towards = hn::MulAdd(beta1, m, hn::Mul(rest1, g));
    hn::Store(hn::IfThenZeroElse(hn::Eq(towards, zero), hn::CopySign(rate, towards)), d, step + i);
    hn::Store(hn::MulAdd(beta2, m, hn::Mul(rest2, g)), d, mean + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline {
namespace optimize {

HWY_EXPORT(LionStep);

class LionOptimizer final : public SetBy<Lion> {
 public:
  explicit LionOptimizer(const Lion& options) : SetBy("lion", options) { check_averages(options); }

  int slots() const override { return 1; }
  bool has_metric() const override { return false; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* /*metric*/) const override {
    HWY_DYNAMIC_DISPATCH(LionStep)(options_, info.learning_rate, count, gradient, slots[0], step);
  }
};

OptimizerPtr make_lion(const Lion& options) {
  return std::make_shared<LionOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting lion(const Lion& options) {
  return optimize::setting(optimize::make_lion(options), options);
}

}  // namespace ridgeline
#endif  // HWY_ONCE
