// RMSprop (Hinton, lecture 6e of "Neural networks for machine learning", 2012) in PyTorch's
// recurrence:
//   v = rho v + (1 - rho) g^2;  centred, a = rho a + (1 - rho) g and v - a^2 in v's place below
//   b = momentum * b + g / (sqrt(v) + epsilon);  step = lr b

#include "optimize/optimizers/optimizers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/rmsprop.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "optimize/optimizers/roots.hpp"

#ifndef RIDGELINE_OPTIMIZE_RMSPROP_RUN
#define RIDGELINE_OPTIMIZE_RMSPROP_RUN
namespace ridgeline::optimize {

struct RmsPropRun {
  std::size_t count;
  const float* gradient;
  float *square, *mean, *velocity;  // the last two are null if not used
  float *step, *metric;
};

}  // namespace ridgeline::optimize
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

void RmsPropStep(const RmsProp& options, double learning_rate, const RmsPropRun& run) {
  const Tag d;
  const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
  const auto rho = set(options.rho), rest = set(1 - options.rho);
  const auto epsilon = set(options.epsilon), momentum = set(options.momentum);
  const auto rate = set(learning_rate), steady = set(learning_rate / (1 - options.momentum));
  for (std::size_t i = 0; i < run.count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, run.gradient + i);
    auto v = hn::MulAdd(rho, hn::Load(d, run.square + i), hn::Mul(rest, hn::Mul(g, g)));
    hn::Store(v, d, run.square + i);
    if (run.mean != nullptr) {
      const auto a = hn::MulAdd(rho, hn::Load(d, run.mean + i), hn::Mul(rest, g));
      hn::Store(a, d, run.mean + i);
      v = hn::NegMulAdd(a, a, v);
    }
    const auto inverse = Reciprocal(hn::Add(SquareRoot(v), epsilon));
    auto b = hn::Mul(g, inverse);
    if (run.velocity != nullptr) {
      b = hn::MulAdd(momentum, hn::Load(d, run.velocity + i), b);
      hn::Store(b, d, run.velocity + i);
    }
    hn::Store(hn::Mul(rate, b), d, run.step + i);
    if (run.metric != nullptr) hn::Store(hn::Mul(steady, inverse), d, run.metric + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline {
namespace optimize {

HWY_EXPORT(RmsPropStep);

class RmsPropOptimizer final : public SetBy<RmsProp> {
 public:
  explicit RmsPropOptimizer(const RmsProp& options) : SetBy("rmsprop", options) {
    check_range("optimizer.rho", options.rho, 0, 1);
    check_range("optimizer.momentum", options.momentum, 0, 1);
    check_range("optimizer.epsilon", options.epsilon, 1e-30, 1e30);
  }

  int slots() const override { return 1 + (options_.centered ? 1 : 0) + (has_velocity() ? 1 : 0); }

  // The steady gradient of a penalty on |w| has no variance, so centred steps would be lr /
  // epsilon.
  bool has_metric() const override { return !options_.centered; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    HWY_DYNAMIC_DISPATCH(RmsPropStep)
    (options_, info.learning_rate,
     {.count = count,
      .gradient = gradient,
      .square = slots[0],
      .mean = options_.centered ? slots[1] : nullptr,
      .velocity = has_velocity() ? slots[options_.centered ? 2 : 1] : nullptr,
      .step = step,
      .metric = metric});
  }

 private:
  bool has_velocity() const { return options_.momentum > 0; }
};

OptimizerPtr make_rmsprop(const RmsProp& options) {
  return std::make_shared<RmsPropOptimizer>(options);
}

}  // namespace optimize

OptimizerSetting rmsprop(const RmsProp& options) {
  return optimize::setting(optimize::make_rmsprop(options), options);
}

}  // namespace ridgeline
#endif  // HWY_ONCE
