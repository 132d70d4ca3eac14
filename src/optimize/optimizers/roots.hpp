// Division and square root for kernels that are compiled once per instruction set. It is included
// after <hwy/highway.h> inside the target's part of a file, so its only guard is the toggle.
#if defined(RIDGELINE_OPTIMIZE_ROOTS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_OPTIMIZE_ROOTS_HPP
#undef RIDGELINE_OPTIMIZE_ROOTS_HPP
#else
#define RIDGELINE_OPTIMIZE_ROOTS_HPP
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::optimize::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;

// Exact division and square root would take most of the time of an update. The approximations of
// AVX-512 are good to 14 bits, others to 8 or 12. Each Newton step doubles the good bits.
constexpr int newton_steps = HWY_TARGET <= HWY_AVX3 ? 1 : 2;

HWY_INLINE Vec Reciprocal(Vec x) {
  const Vec two = hn::Set(Tag(), 2.0F);
  Vec r = hn::ApproximateReciprocal(x);
  for (int i = 0; i < newton_steps; ++i) r = hn::Mul(r, hn::NegMulAdd(x, r, two));
  return r;
}

// The root of a number that is not negative. For 0, and for numbers that rounding made negative, it
// is tiny.
HWY_INLINE Vec SquareRoot(Vec value) {
  const Tag d;
  const Vec x = hn::Max(value, hn::Set(d, 1e-36F)), half_x = hn::Mul(hn::Set(d, 0.5F), x);
  Vec r = hn::ApproximateReciprocalSqrt(x);
  for (int i = 0; i < newton_steps; ++i) {
    r = hn::Mul(r, hn::NegMulAdd(half_x, hn::Mul(r, r), hn::Set(d, 1.5F)));
  }
  return hn::Mul(x, r);
}

}  // namespace ridgeline::optimize::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
