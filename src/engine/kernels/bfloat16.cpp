#include "engine/kernels/bfloat16.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/bfloat16.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

template <typename From, typename To>
HWY_INLINE void Convert(const From* from, std::int64_t count, To* to) {
  for (std::int64_t i = 0; i < count; i += lanes) {
    const PartialVector part(count - i);
    part.store(part.load(from + i), to + i);
  }
}

void ToFp32(const Bf16* from, std::int64_t count, float* to) {
  Convert(from, count, to);
}
void ToBf16(const float* from, std::int64_t count, Bf16* to) {
  Convert(from, count, to);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(ToFp32);
HWY_EXPORT(ToBf16);

void widen(const Bf16* from, std::int64_t count, float* to) {
  HWY_DYNAMIC_DISPATCH(ToFp32)(from, count, to);
}

void narrow(const float* from, std::int64_t count, Bf16* to) {
  HWY_DYNAMIC_DISPATCH(ToBf16)(from, count, to);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
