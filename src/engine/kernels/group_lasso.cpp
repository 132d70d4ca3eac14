#include "engine/kernels/group_lasso.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/group_lasso.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::CappedTag<double, 8>;
using Floats = hn::Rebind<float, Doubles>;

// Calls f(v, m, i) for every vector of the row, with zeros after its end.
template <typename F>
void ForEach(const GroupRow& row, F f) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= row.count; i += lanes) {
    f(hn::LoadU(d, row.v + i), hn::LoadU(d, row.metric + i), i);
  }
  if (i < row.count) {
    alignas(64) float v[16] = {}, metric[16] = {};
    std::copy_n(row.v + i, row.count - i, v);
    std::copy_n(row.metric + i, row.count - i, metric);
    f(hn::Load(d, v), hn::Load(d, metric), i);
  }
}

GroupSums SumGroup(const GroupRow& row) {
  const Doubles wide;
  const Floats d;
  const auto zero = hn::Zero(d), strength = hn::Set(d, static_cast<float>(row.strength));
  auto square = hn::Zero(wide), dual = hn::Zero(wide), still = hn::Zero(wide);
  auto largest = zero, bound = zero;
  ForEach(row, [&](auto v, auto m, std::size_t) HWY_ATTR {
    const auto moves = hn::Gt(m, zero);
    const auto x = hn::PromoteTo(wide, v);
    const auto unmoved = hn::PromoteTo(wide, hn::IfThenElse(moves, zero, v));
    const auto ratio = hn::PromoteTo(wide, hn::IfThenElseZero(moves, hn::Div(v, m)));
    square = hn::MulAdd(x, x, square);
    still = hn::MulAdd(unmoved, unmoved, still);
    dual = hn::MulAdd(ratio, ratio, dual);
    largest = hn::Max(largest, m);
    bound = hn::Max(bound, hn::Sub(hn::Abs(v), hn::Mul(strength, m)));
  });
  return {.square = hn::GetLane(hn::SumOfLanes(wide, square)),
          .dual = hn::GetLane(hn::SumOfLanes(wide, dual)),
          .still = hn::GetLane(hn::SumOfLanes(wide, still)),
          .largest = hn::GetLane(hn::MaxOfLanes(d, largest)),
          .bound = hn::GetLane(hn::MaxOfLanes(d, bound))};
}

GroupValue Value(const GroupRow& row, double s) {
  const Doubles wide;
  const Floats d;
  const auto one = hn::Set(d, 1), strength = hn::Set(d, static_cast<float>(row.strength));
  const auto norm = hn::Set(d, static_cast<float>(s));
  auto f = hn::Zero(wide), slope = hn::Zero(wide);
  ForEach(row, [&](auto v, auto m, std::size_t) HWY_ATTR {
    // A 0 adds nothing, even if it would be divided by 0.
    const auto divisor = hn::IfThenElse(hn::Eq(v, hn::Zero(d)), one, hn::MulAdd(strength, m, norm));
    const auto inverse = hn::Div(one, divisor);
    const auto ratio = hn::PromoteTo(wide, hn::Mul(v, inverse));
    const auto share = hn::Mul(ratio, ratio);
    f = hn::Add(f, share);
    slope = hn::MulAdd(share, hn::PromoteTo(wide, inverse), slope);
  });
  return {hn::GetLane(hn::SumOfLanes(wide, f)), hn::GetLane(hn::SumOfLanes(wide, slope))};
}

void ScaleRow(const GroupRow& row, double s, float* w) {
  const Floats d;
  const auto strength = hn::Set(d, static_cast<float>(row.strength));
  const auto norm = hn::Set(d, static_cast<float>(s));
  ForEach(row, [&](auto v, auto m, std::size_t i) HWY_ATTR {
    const auto scaled = hn::Mul(v, hn::Div(norm, hn::MulAdd(strength, m, norm)));
    if (i + hn::Lanes(d) <= row.count) {
      hn::StoreU(scaled, d, w + i);
    } else {
      alignas(64) float some[16];
      hn::Store(scaled, d, some);
      std::copy_n(some, row.count - i, w + i);
    }
  });
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(SumGroup);
HWY_EXPORT(Value);
HWY_EXPORT(ScaleRow);

GroupSums group_sums(const GroupRow& row) {
  return HWY_DYNAMIC_DISPATCH(SumGroup)(row);
}
GroupValue group_value(const GroupRow& row, double s) {
  return HWY_DYNAMIC_DISPATCH(Value)(row, s);
}
void group_scale(const GroupRow& row, double s, float* w) {
  HWY_DYNAMIC_DISPATCH(ScaleRow)(row, s, w);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
