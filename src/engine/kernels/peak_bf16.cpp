// Intrinsics and not Highway, whose version in Debian 12 emulates the product of bf16 pairs.
#include "engine/kernels/peak_loops.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#include <array>
#include <numeric>

namespace ridgeline::engine::kernels {
namespace {

constexpr int sum_count = 24;
constexpr int lanes = 16;

#define RIDGELINE_BF16 __attribute__((target("avx512f,avx512bf16")))

RIDGELINE_BF16 inline __m512 all(float value) {
  return _mm512_set1_ps(value);
}

template <typename... Accumulators>
RIDGELINE_BF16 inline float rounds_of(std::int64_t rounds, Accumulators... sums) {
  const __m512bh x = _mm512_cvtne2ps_pbh(all(0.5f), all(0.5f));
  for (std::int64_t round = 0; round < rounds; ++round) {
    ((sums = _mm512_dpbf16_ps(sums, x, x)), ...);
  }
  __m512 total = _mm512_setzero_ps();
  ((total = _mm512_add_ps(total, sums)), ...);
  alignas(64) std::array<float, lanes> parts;
  _mm512_store_ps(parts.data(), total);
  return std::accumulate(parts.begin(), parts.end(), 0.0f);
}

}  // namespace

std::int64_t bf16_round_flops() {
  const bool present = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16");
  return present ? std::int64_t{2} * 2 * sum_count * lanes : 0;
}

RIDGELINE_BF16 float bf16_rounds(std::int64_t rounds) {
  return rounds_of(rounds, all(0), all(1), all(2), all(3), all(4), all(5), all(6), all(7), all(8),
                   all(9), all(10), all(11), all(12), all(13), all(14), all(15), all(16), all(17),
                   all(18), all(19), all(20), all(21), all(22), all(23));
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
