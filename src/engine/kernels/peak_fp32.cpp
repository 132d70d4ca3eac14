#include "engine/kernels/peak_loops.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/peak_fp32.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// To keep the multipliers busy, there must be as many independent sums as multipliers times
// latency: 8 to 10 on x86, 16 on some ARM cores. More than fit the registers would be slower.
constexpr bool sixteen_registers = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3;  // less is newer
constexpr int sum_count = sixteen_registers ? 12 : 24;

std::int64_t RoundFlops() {
  return std::int64_t{2} * sum_count *
         static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<float>()));
}

// Every sum ends at 2, its fixed point. Variables and not an array: vectors of scalable length
// cannot be elements of one.
float Rounds(std::int64_t rounds) {
  const hn::ScalableTag<float> d;
  const auto x = hn::Set(d, 0.5f), y = hn::Set(d, 1.0f);
  auto a0 = hn::Iota(d, 0), a1 = hn::Iota(d, 1), a2 = hn::Iota(d, 2), a3 = hn::Iota(d, 3);
  auto a4 = hn::Iota(d, 4), a5 = hn::Iota(d, 5), a6 = hn::Iota(d, 6), a7 = hn::Iota(d, 7);
  auto a8 = hn::Iota(d, 8), a9 = hn::Iota(d, 9), a10 = hn::Iota(d, 10), a11 = hn::Iota(d, 11);
  auto b0 = hn::Iota(d, 12), b1 = hn::Iota(d, 13), b2 = hn::Iota(d, 14), b3 = hn::Iota(d, 15);
  auto b4 = hn::Iota(d, 16), b5 = hn::Iota(d, 17), b6 = hn::Iota(d, 18), b7 = hn::Iota(d, 19);
  auto b8 = hn::Iota(d, 20), b9 = hn::Iota(d, 21), b10 = hn::Iota(d, 22), b11 = hn::Iota(d, 23);
  const auto add = [&](auto&... sums) HWY_ATTR { ((sums = hn::MulAdd(sums, x, y)), ...); };
  for (std::int64_t round = 0; round < rounds; ++round) {
    add(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
    if constexpr (!sixteen_registers) add(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11);
  }
  const auto fold = [&](auto... sums) HWY_ATTR {
    auto total = hn::Zero(d);
    ((total = hn::Add(total, sums)), ...);
    return hn::GetLane(hn::SumOfLanes(d, total));
  };
  float total = fold(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
  if constexpr (!sixteen_registers) {
    total += fold(b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11);
  }
  return total;
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(RoundFlops);
HWY_EXPORT(Rounds);

std::int64_t fp32_round_flops() {
  return HWY_DYNAMIC_DISPATCH(RoundFlops)();
}
float fp32_rounds(std::int64_t rounds) {
  return HWY_DYNAMIC_DISPATCH(Rounds)(rounds);
}

}  // namespace ridgeline::engine::kernels
#endif
