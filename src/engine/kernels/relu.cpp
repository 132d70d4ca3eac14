#include "engine/kernels/relu.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/relu.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

void ReluBackward(const float* dy, const float* y, float slope, std::int64_t count, float* dx) {
  const Vec zero = hn::Zero(Tag()), slopes = hn::Set(Tag(), slope);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const Part part(count - i);
    const Vec g = part.load(dy + i);
    const auto open = hn::Gt(part.load(y + i), zero);
    part.store(hn::IfThenElse(open, g, hn::Mul(g, slopes)), dx + i);
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(ReluBackward);

void relu_backward(const float* dy, const float* y, float slope, std::int64_t count, float* dx) {
  HWY_DYNAMIC_DISPATCH(ReluBackward)(dy, y, slope, count, dx);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
