// Adam (Kingma and Ba, arXiv 1412.6980) in PyTorch's recurrence, at update t:
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   step = lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)
// AdamW is the same step: its decay is decoupled and applied by the update pass.

#include "optimize/optimizers/optimizers.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/adam.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef RIDGELINE_OPTIMIZE_ADAM_FACTORS
#define RIDGELINE_OPTIMIZE_ADAM_FACTORS
namespace ridgeline::optimize {

// Computed once an update, in double.
struct AdamFactors {
  float beta1, beta2, rest1, rest2;  // rest: 1 - beta
  float rate;                        // lr / (1 - b1^t)
  float metric;                      // lr
  float root;                        // 1 / sqrt(1 - b2^t)
  float epsilon;
};

}  // namespace ridgeline::optimize
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;

// Division and square root keep a core's divider busy for most of the update. The approximations
// of AVX-512 are good to 14 bits, others to 8 or 12: each Newton step doubles them.
constexpr int newton_steps = HWY_TARGET <= HWY_AVX3 ? 1 : 2;

HWY_INLINE Vec Reciprocal(Vec x) {
  const Vec two = hn::Set(Tag(), 2.0F);
  Vec r = hn::ApproximateReciprocal(x);
  for (int i = 0; i < newton_steps; ++i) r = hn::Mul(r, hn::NegMulAdd(x, r, two));
  return r;
}

// Of what is not negative; of 0, a number that is as good.
HWY_INLINE Vec SquareRoot(Vec value) {
  const Tag d;
  const Vec x = hn::Max(value, hn::Set(d, 1e-36F)), half_x = hn::Mul(hn::Set(d, 0.5F), x);
  Vec r = hn::ApproximateReciprocalSqrt(x);
  for (int i = 0; i < newton_steps; ++i) {
    r = hn::Mul(r, hn::NegMulAdd(half_x, hn::Mul(r, r), hn::Set(d, 1.5F)));
  }
  return hn::Mul(x, r);
}

void AdamStep(const AdamFactors& f, std::size_t count, const float* gradient, float* mean,
              float* square, float* step, float* metric) {
  const Tag d;
  const auto beta1 = hn::Set(d, f.beta1), beta2 = hn::Set(d, f.beta2);
  const auto rest1 = hn::Set(d, f.rest1), rest2 = hn::Set(d, f.rest2);
  const auto rate = hn::Set(d, f.rate), root = hn::Set(d, f.root);
  const auto epsilon = hn::Set(d, f.epsilon), lr = hn::Set(d, f.metric);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, gradient + i);
    const auto m = hn::MulAdd(beta1, hn::Load(d, mean + i), hn::Mul(rest1, g));
    const auto v = hn::MulAdd(beta2, hn::Load(d, square + i), hn::Mul(rest2, hn::Mul(g, g)));
    hn::Store(m, d, mean + i);
    hn::Store(v, d, square + i);
    const auto inverse = Reciprocal(hn::MulAdd(SquareRoot(v), root, epsilon));
    hn::Store(hn::Mul(hn::Mul(rate, m), inverse), d, step + i);
    if (metric != nullptr) hn::Store(hn::Mul(lr, inverse), d, metric + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

namespace ridgeline {
namespace optimize {

HWY_EXPORT(AdamStep);

class AdamOptimizer final : public Optimizer {
 public:
  AdamOptimizer(std::string_view kind, double beta1, double beta2, double epsilon)
      : kind_(kind), beta1_(beta1), beta2_(beta2), epsilon_(epsilon) {
    check_range("optimizer.beta1", beta1, 0, 1);
    check_range("optimizer.beta2", beta2, 0, 1);
    check_range("optimizer.epsilon", epsilon, 1e-30, 1e30);
  }

  std::string_view kind() const override { return kind_; }
  Attributes attributes() const override {
    return {{"beta1", beta1_}, {"beta2", beta2_}, {"epsilon", epsilon_}};
  }
  int slots() const override { return 2; }

  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    const auto t = static_cast<double>(info.step);
    const AdamFactors factors{static_cast<float>(beta1_),
                              static_cast<float>(beta2_),
                              static_cast<float>(1 - beta1_),
                              static_cast<float>(1 - beta2_),
                              static_cast<float>(info.learning_rate / (1 - std::pow(beta1_, t))),
                              static_cast<float>(info.learning_rate),
                              static_cast<float>(1 / std::sqrt(1 - std::pow(beta2_, t))),
                              static_cast<float>(epsilon_)};
    HWY_DYNAMIC_DISPATCH(AdamStep)(factors, count, gradient, slots[0], slots[1], step, metric);
  }

 private:
  std::string kind_;
  double beta1_, beta2_, epsilon_;
};

OptimizerPtr make_adam(std::string_view kind, double beta1, double beta2, double epsilon) {
  return std::make_shared<AdamOptimizer>(kind, beta1, beta2, epsilon);
}

}  // namespace optimize

OptimizerSetting adam(const Adam& o) {
  return {optimize::make_adam("adam", o.beta1, o.beta2, o.epsilon), o.learning_rate, o.clip_norm,
          o.clip_value, false};
}

OptimizerSetting adamw(const Adam& o) {
  return {optimize::make_adam("adamw", o.beta1, o.beta2, o.epsilon), o.learning_rate, o.clip_norm,
          o.clip_value, false};
}

}  // namespace ridgeline
#endif  // HWY_ONCE
