#include "optimize/tangent.hpp"

#include "optimize/optimizers/moments.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/tangent.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "optimize/optimizers/roots.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

// step = rate m / (root sqrt(v) + epsilon), so that
// dstep = rate (dm - m / (root sqrt(v) + epsilon) droot) / (root sqrt(v) + epsilon)
// with droot = root dv / (2 sqrt(v)).
void MomentTangent(const Moments& f, const TangentRun& run) {
  const Tag d;
  const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
  const auto beta1 = set(f.beta1), beta2 = set(f.beta2);
  const auto rest1 = set(1 - f.beta1), rest2 = set(1 - f.beta2);
  const auto rate = set(f.rate), root = set(f.root), half_root = set(f.root / 2);
  const auto epsilon = set(f.epsilon);
  // Below this root the division by epsilon decides, and the root may have no digits.
  const auto smallest = set(std::max(1e-3 * f.epsilon / f.root, 1e-17));
  float *dmean = run.dslots[0], *dsquare = run.dslots[1];
  for (std::size_t i = 0; i < run.count; i += hn::Lanes(d)) {
    const auto g = hn::LoadU(d, run.gradient + i), dg = hn::LoadU(d, run.dgradient + i);
    const auto m = hn::MulAdd(beta1, hn::LoadU(d, run.slots[0] + i), hn::Mul(rest1, g));
    const auto v = hn::MulAdd(beta2, hn::LoadU(d, run.slots[1] + i), hn::Mul(rest2, hn::Mul(g, g)));
    const auto dm = hn::MulAdd(beta1, hn::LoadU(d, dmean + i), hn::Mul(rest1, dg));
    const auto dgg = hn::Mul(hn::Add(rest2, rest2), hn::Mul(g, dg));
    const auto dv = hn::MulAdd(beta2, hn::LoadU(d, dsquare + i), dgg);
    hn::StoreU(dm, d, dmean + i);
    hn::StoreU(dv, d, dsquare + i);
    const auto sqrt = SquareRoot(v);
    const auto inverse = Reciprocal(hn::MulAdd(sqrt, root, epsilon));
    const auto droot = hn::Mul(half_root, hn::Mul(dv, Reciprocal(hn::Max(sqrt, smallest))));
    const auto known = hn::IfThenElseZero(hn::Gt(sqrt, smallest), droot);
    const auto moved = hn::NegMulAdd(hn::Mul(m, inverse), known, dm);
    hn::StoreU(hn::Mul(rate, hn::Mul(moved, inverse)), d, run.dstep + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "optimize/optimizers/optimizers.hpp"

namespace ridgeline::optimize {
namespace {

HWY_EXPORT(MomentTangent);

class SgdTangent final : public Tangent {
 public:
  explicit SgdTangent(const Sgd& options) : options_(options) {}

  void step(const StepInfo& info, const TangentRun& run) const override {
    const auto rate = static_cast<float>(info.learning_rate);
    const auto momentum = static_cast<float>(options_.momentum);
    for (std::size_t i = 0; i < run.count; ++i) {
      float moved = run.dgradient[i];
      if (options_.momentum > 0) {
        const float velocity = momentum * run.dslots[0][i] + moved;
        run.dslots[0][i] = velocity;
        moved = options_.nesterov ? moved + momentum * velocity : velocity;
      }
      run.dstep[i] = rate * moved;
    }
  }

 private:
  Sgd options_;
};

class AdamTangent final : public Tangent {
 public:
  explicit AdamTangent(const Adam& options) : options_(options) {}

  void step(const StepInfo& info, const TangentRun& run) const override {
    HWY_DYNAMIC_DISPATCH(MomentTangent)
    (adam_moments(options_, info.learning_rate, info.step), run);
  }

 private:
  Adam options_;
};

template <typename Options>
Options options_of(const Optimizer& optimizer) {
  return dynamic_cast<const SetBy<Options>&>(optimizer).options();
}

}  // namespace

std::unique_ptr<const Tangent> tangent_of(const Optimizer& optimizer) {
  const std::string_view kind = optimizer.kind();
  if (kind == "sgd" || kind == "gd") {
    return std::make_unique<SgdTangent>(options_of<Sgd>(optimizer));
  }
  if (kind == "adam" || kind == "adamw") {
    return std::make_unique<AdamTangent>(options_of<Adam>(optimizer));
  }
  return nullptr;
}

}  // namespace ridgeline::optimize
#endif  // HWY_ONCE
