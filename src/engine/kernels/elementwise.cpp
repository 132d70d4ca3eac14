#include "engine/kernels/elementwise.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

template <typename T>
HWY_INLINE void Forward(const T* x, Rectifier rectifier, std::int64_t count, T* y) {
  const BoundedRelu relu(rectifier.slope, rectifier.ceiling);
  ForVectors(count, [&](auto part, std::int64_t i)
                        RIDGELINE_INLINE_LAMBDA { part.store(relu(part.load(x + i)), y + i); });
}

template <typename T>
HWY_INLINE void Backward(const T* dy, const T* y, Rectifier rectifier, std::int64_t count, T* dx) {
  const BoundedRelu relu(rectifier.slope, rectifier.ceiling);
  ForVectors(count, [&](auto part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
    part.store(relu.back(part.load(dy + i), part.load(y + i)), dx + i);
  });
}

template <typename T>
HWY_INLINE void Sum(const T* a, const T* b, std::int64_t count, T* to) {
  ForVectors(count, [&](auto part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
    part.store(hn::Add(part.load(a + i), part.load(b + i)), to + i);
  });
}

void SumFp32(const float* a, const float* b, std::int64_t count, float* to) {
  Sum(a, b, count, to);
}
void SumBf16(const Bf16* a, const Bf16* b, std::int64_t count, Bf16* to) {
  Sum(a, b, count, to);
}

void ForwardFp32(const float* x, Rectifier rectifier, std::int64_t count, float* y) {
  Forward(x, rectifier, count, y);
}
void ForwardBf16(const Bf16* x, Rectifier rectifier, std::int64_t count, Bf16* y) {
  Forward(x, rectifier, count, y);
}

void BackwardFp32(const float* dy, const float* y, Rectifier rectifier, std::int64_t count,
                  float* dx) {
  Backward(dy, y, rectifier, count, dx);
}
void BackwardBf16(const Bf16* dy, const Bf16* y, Rectifier rectifier, std::int64_t count,
                  Bf16* dx) {
  Backward(dy, y, rectifier, count, dx);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(SumFp32);
HWY_EXPORT(SumBf16);
HWY_EXPORT(ForwardFp32);
HWY_EXPORT(ForwardBf16);
HWY_EXPORT(BackwardFp32);
HWY_EXPORT(BackwardBf16);

void relu(const float* x, Rectifier rectifier, std::int64_t count, float* y) {
  HWY_DYNAMIC_DISPATCH(ForwardFp32)(x, rectifier, count, y);
}

void relu(const Bf16* x, Rectifier rectifier, std::int64_t count, Bf16* y) {
  HWY_DYNAMIC_DISPATCH(ForwardBf16)(x, rectifier, count, y);
}

void relu_backward(const float* dy, const float* y, Rectifier rectifier, std::int64_t count,
                   float* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardFp32)(dy, y, rectifier, count, dx);
}

void relu_backward(const Bf16* dy, const Bf16* y, Rectifier rectifier, std::int64_t count,
                   Bf16* dx) {
  HWY_DYNAMIC_DISPATCH(BackwardBf16)(dy, y, rectifier, count, dx);
}

void sum(const float* a, const float* b, std::int64_t count, float* to) {
  HWY_DYNAMIC_DISPATCH(SumFp32)(a, b, count, to);
}

void sum(const Bf16* a, const Bf16* b, std::int64_t count, Bf16* to) {
  HWY_DYNAMIC_DISPATCH(SumBf16)(a, b, count, to);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
