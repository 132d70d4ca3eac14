#include "engine/kernels/peak.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "engine/kernels/peak_loops.hpp"
#include "engine/team.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Loop = float (*)(std::int64_t);
using Clock = std::chrono::steady_clock;

constexpr double seconds_each = 0.05;
constexpr int repetitions = 8;

/// Seconds that all threads of the team take for `rounds` rounds each.
double time_rounds(Team& team, Loop loop, std::int64_t rounds) {
  std::atomic<float> sink = 0;
  double seconds = 0;
  team.run([&](int thread) {
    team.barrier();
    const auto start = Clock::now();
    sink.store(loop(rounds), std::memory_order_relaxed);
    team.barrier();
    if (thread == 0) seconds = std::chrono::duration<double>(Clock::now() - start).count();
  });
  return seconds;
}

double peak(Team& team, Loop loop, std::int64_t round_flops) {
  std::int64_t rounds = 1 << 12;
  double seconds = time_rounds(team, loop, rounds);
  for (; seconds < seconds_each; rounds *= 2) seconds = time_rounds(team, loop, 2 * rounds);
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    seconds = std::min(seconds, time_rounds(team, loop, rounds));
  }
  return 1e-9 * static_cast<double>(round_flops * rounds * team.size()) / seconds;
}

}  // namespace

PeakGflops measure_peak(int threads) {
  Team team(threads);
  PeakGflops result{.fp32 = peak(team, fp32_rounds, fp32_round_flops()), .bf16 = {}};
  if (bf16_round_flops() > 0) result.bf16 = peak(team, bf16_rounds, bf16_round_flops());
  return result;
}

}  // namespace ridgeline::engine::kernels
