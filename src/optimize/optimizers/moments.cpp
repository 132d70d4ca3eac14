#include "optimize/optimizers/moments.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optimize/optimizers/moments.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/shared_runs.hpp"
#include "optimize/optimizers/roots.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

void MomentStep(const Moments& f, const Run& run) {
  const Tag d;
  const auto set = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
  const auto beta1 = set(f.beta1), beta2 = set(f.beta2);
  const auto rest1 = set(1 - f.beta1), rest2 = set(1 - f.beta2);
  const auto rate = set(f.rate), direct = set(f.direct), steady = set(f.steady);
  const auto root = set(f.root), epsilon = set(f.epsilon);
  float *mean = run.slots[0], *square = run.slots[1];
  for (std::size_t i = 0; i < run.count; i += hn::Lanes(d)) {
    const auto g = hn::Load(d, run.gradient + i);
    const auto m = hn::MulAdd(beta1, hn::Load(d, mean + i), hn::Mul(rest1, g));
    const auto v = hn::MulAdd(beta2, hn::Load(d, square + i), hn::Mul(rest2, hn::Mul(g, g)));
    hn::Store(m, d, mean + i);
    hn::Store(v, d, square + i);
    const auto inverse = Reciprocal(hn::MulAdd(SquareRoot(v), root, epsilon));
    const auto towards = hn::MulAdd(direct, g, hn::Mul(rate, m));
    hn::Store(hn::Mul(towards, inverse), d, run.step + i);
    if (run.metric != nullptr) hn::Store(hn::Mul(steady, inverse), d, run.metric + i);
  }
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::optimize {

HWY_EXPORT(MomentStep);

void moment_step(const Moments& moments, const Run& run) {
  HWY_DYNAMIC_DISPATCH(MomentStep)(moments, run);
}

void moment_step(const Parallel& parallel, const Moments& moments, const Run& run) {
  parallel(static_cast<std::int64_t>(run.count), engine::kernels::run_grain,
           [&](std::int64_t begin, auto end) {
             float* const slots[] = {run.slots[0] + begin, run.slots[1] + begin};
             float* metric = run.metric == nullptr ? nullptr : run.metric + begin;
             moment_step(moments, {static_cast<std::size_t>(end - begin), run.gradient + begin,
                                   slots, run.step + begin, metric});
           });
}

}  // namespace ridgeline::optimize
#endif  // HWY_ONCE
