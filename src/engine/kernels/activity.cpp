#include "engine/kernels/activity.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/activity.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

template <typename T>
HWY_INLINE void SumsOf(const T* a, std::int64_t count, ActivitySums& sums) {
  // So many numbers are added up in single precision, before their sum is added in double.
  constexpr std::int64_t stretch = 64 * lanes;
  const Tag d;
  for (std::int64_t first = 0; first < count; first += stretch) {
    Vec squares = hn::Zero(d), absolutes = hn::Zero(d);
    ForVectors(std::min(stretch, count - first),
               [&](auto part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
                 const Vec v = part.load(a + first + i);
                 squares = hn::MulAdd(v, v, squares);
                 absolutes = hn::Add(absolutes, hn::Abs(v));
               });
    sums.squares += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, squares)));
    sums.absolutes += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, absolutes)));
  }
}

template <typename T>
HWY_INLINE void GradientOf(const T* dy, const T* a, ActivitySlope slope, std::int64_t count,
                           T* dx) {
  const Tag d;
  const Vec l2 = hn::Set(d, slope.l2), l1 = hn::Set(d, slope.l1), zero = hn::Zero(d);
  ForVectors(count, [&](auto part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
    const Vec v = part.load(a + i);
    const Vec sign = hn::IfThenElseZero(hn::Ne(v, zero), hn::CopySign(l1, v));
    part.store(hn::Add(hn::MulAdd(l2, v, part.load(dy + i)), sign), dx + i);
  });
}

void SumsFp32(const float* a, std::int64_t count, ActivitySums& sums) {
  SumsOf(a, count, sums);
}
void SumsBf16(const Bf16* a, std::int64_t count, ActivitySums& sums) {
  SumsOf(a, count, sums);
}

void GradientFp32(const float* dy, const float* a, ActivitySlope slope, std::int64_t count,
                  float* dx) {
  GradientOf(dy, a, slope, count, dx);
}
void GradientBf16(const Bf16* dy, const Bf16* a, ActivitySlope slope, std::int64_t count,
                  Bf16* dx) {
  GradientOf(dy, a, slope, count, dx);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(SumsFp32);
HWY_EXPORT(SumsBf16);
HWY_EXPORT(GradientFp32);
HWY_EXPORT(GradientBf16);

ActivitySums activity_sums(const float* a, std::int64_t count) {
  ActivitySums sums;
  HWY_DYNAMIC_DISPATCH(SumsFp32)(a, count, sums);
  return sums;
}

ActivitySums activity_sums(const Bf16* a, std::int64_t count) {
  ActivitySums sums;
  HWY_DYNAMIC_DISPATCH(SumsBf16)(a, count, sums);
  return sums;
}

void activity_gradient(const float* dy, const float* a, ActivitySlope slope, std::int64_t count,
                       float* dx) {
  HWY_DYNAMIC_DISPATCH(GradientFp32)(dy, a, slope, count, dx);
}

void activity_gradient(const Bf16* dy, const Bf16* a, ActivitySlope slope, std::int64_t count,
                       Bf16* dx) {
  HWY_DYNAMIC_DISPATCH(GradientBf16)(dy, a, slope, count, dx);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
