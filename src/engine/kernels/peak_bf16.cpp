// Intrinsics and not Highway, whose version in Debian 12 emulates the product of bf16 pairs.
#include "engine/kernels/peak_loops.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

namespace ridgeline::engine::kernels {
namespace {

constexpr int kSums = 24;
constexpr int kLanes = 16;

#define RIDGELINE_BF16 __attribute__((target("avx512f,avx512bf16")))

template <typename... Sums>
RIDGELINE_BF16 inline float rounds_of(std::int64_t rounds, Sums... sums) {
  const __m512bh x = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.5f), _mm512_set1_ps(0.5f));
  for (std::int64_t round = 0; round < rounds; ++round) {
    ((sums = _mm512_dpbf16_ps(sums, x, x)), ...);
  }
  __m512 total = _mm512_setzero_ps();
  ((total = _mm512_add_ps(total, sums)), ...);
  return _mm512_reduce_add_ps(total);
}

}  // namespace

std::int64_t bf16_round_flops() {
  const bool present = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16");
  return present ? std::int64_t{2} * 2 * kSums * kLanes : 0;
}

RIDGELINE_BF16 float bf16_rounds(std::int64_t rounds) {
  const auto start = [](int i) RIDGELINE_BF16 { return _mm512_set1_ps(static_cast<float>(i)); };
  return rounds_of(rounds, start(0), start(1), start(2), start(3), start(4), start(5), start(6),
                   start(7), start(8), start(9), start(10), start(11), start(12), start(13),
                   start(14), start(15), start(16), start(17), start(18), start(19), start(20),
                   start(21), start(22), start(23));
}

}  // namespace ridgeline::engine::kernels

#else

namespace ridgeline::engine::kernels {

std::int64_t bf16_round_flops() {
  return 0;
}
float bf16_rounds(std::int64_t) {
  return 0;
}

}  // namespace ridgeline::engine::kernels

#endif
