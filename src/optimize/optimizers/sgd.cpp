// Stochastic gradient descent in PyTorch's recurrence:
//   v = momentum * v + g;  step = lr * v, or with Nesterov lr * (g + momentum * v)

#include "optimize/optimizers/optimizers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/sgd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;

void PlainStep(float rate, std::size_t count, const float* gradient, float* step) {
  const Tag d;
  const auto lr = hn::Set(d, rate);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::Store(hn::Mul(lr, hn::Load(d, gradient + i)), d, step + i);
  }
}

void MomentumStep(float rate, float momentum, bool nesterov, std::size_t count,
                  const float* gradient, float* velocity, float* step) {
  const Tag d;
  const auto lr = hn::Set(d, rate), mu = hn::Set(d, momentum);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, gradient + i);
    const auto v = hn::MulAdd(mu, hn::Load(d, velocity + i), g);
    hn::Store(v, d, velocity + i);
    hn::Store(hn::Mul(lr, nesterov ? hn::MulAdd(mu, v, g) : v), d, step + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace optimize {

HWY_EXPORT(PlainStep);
HWY_EXPORT(MomentumStep);

class SgdOptimizer final : public SetBy<Sgd> {
 public:
  SgdOptimizer(std::string_view kind, const Sgd& options) : SetBy(kind, options) {
    check_range("optimizer.momentum", options.momentum, 0, 1);
    if (options.nesterov && options.momentum == 0) {
      throw UsageError("optimizer.nesterov needs optimizer.momentum above 0, for example 0.9");
    }
  }

  int slots() const override { return options_.momentum > 0 ? 1 : 0; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    const auto rate = static_cast<float>(info.learning_rate);
    if (options_.momentum == 0) {
      HWY_DYNAMIC_DISPATCH(PlainStep)(rate, count, gradient, step);
    } else {
      HWY_DYNAMIC_DISPATCH(MomentumStep)
      (rate, static_cast<float>(options_.momentum), options_.nesterov, count, gradient, slots[0],
       step);
    }
    if (metric != nullptr) {
      std::fill_n(metric, count, static_cast<float>(info.learning_rate / (1 - options_.momentum)));
    }
  }
};

OptimizerPtr make_sgd(std::string_view kind, const Sgd& options) {
  return std::make_shared<SgdOptimizer>(kind, options);
}

}  // namespace optimize

OptimizerSetting sgd(const Sgd& options) {
  return optimize::setting(optimize::make_sgd("sgd", options), options);
}

OptimizerSetting gd(const Sgd& options) {
  OptimizerSetting setting = optimize::setting(optimize::make_sgd("gd", options), options);
  setting.full_batch = true;
  return setting;
}

}  // namespace ridgeline
#endif  // HWY_ONCE
