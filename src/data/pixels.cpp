#include "data/pixels.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/pixels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "image/quotient-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::data::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void ToFloats(const std::uint8_t* from, std::size_t count, float* to) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> di;
  const hn::Rebind<std::uint8_t, decltype(d)> db;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto x = hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(db, from + i)));
    hn::StoreU(image::HWY_NAMESPACE::Quotient(d, x), d, to + i);
  }
  for (; i < count; ++i) to[i] = static_cast<float>(from[i]) / 255.0F;
}

void Mirror(std::size_t width, float* pixels, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (float* row = pixels; row < pixels + count; row += width) {
    float *left = row, *right = row + width;
    for (; left + 2 * lanes <= right; left += lanes, right -= lanes) {
      const auto first = hn::LoadU(d, left), last = hn::LoadU(d, right - lanes);
      hn::StoreU(hn::Reverse(d, last), d, left);
      hn::StoreU(hn::Reverse(d, first), d, right - lanes);
    }
    std::reverse(left, right);
  }
}

}  // namespace ridgeline::data::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::data {

HWY_EXPORT(ToFloats);
HWY_EXPORT(Mirror);

void to_floats(std::span<const std::uint8_t> bytes, float* to) {
  HWY_DYNAMIC_DISPATCH(ToFloats)(bytes.data(), bytes.size(), to);
}
void mirror(std::size_t width, std::span<float> pixels) {
  HWY_DYNAMIC_DISPATCH(Mirror)(width, pixels.data(), pixels.size());
}

}  // namespace ridgeline::data
#endif  // HWY_ONCE
