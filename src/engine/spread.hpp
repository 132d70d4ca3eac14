#pragma once
// Distributes work on whole parameters over the threads.

#include <atomic>

#include "engine/share.hpp"
#include "engine/state.hpp"
#include "engine/team.hpp"
#include "ridgeline/parallel.hpp"

namespace ridgeline::engine {

/// Splits loops between all threads of the team.
inline Parallel shared_by(Team& team) {
  return Parallel([&team](std::int64_t count, std::int64_t grain, const Parallel::Work& work) {
    const std::int64_t grains = (count + grain - 1) / grain;
    team.run([&](int thread) {
      const Share share{thread, team.size()};
      const std::int64_t begin = share.begin(grains) * grain;
      const std::int64_t end = std::min(share.end(grains) * grain, count);
      if (begin < end) work(begin, end);
    });
  });
}

/// Calls work(number, parallel) for every trained parameter. First come the small ones, several at
/// a time, each on one thread. Then come the large ones, one at a time; `parallel` splits their
/// loops between all threads.
template <typename Work>
void for_each_trained(Team& team, const State& state, Work work) {
  constexpr std::size_t large = 1 << 14;  // weights: below that, waiting costs more than it saves
  const ArenaLayout& arena = state.arena();
  std::vector<std::size_t> small_ones, large_ones;
  for (std::size_t p = 0; p < arena.sizes.size(); ++p) {
    if (state.frozen[p] || arena.offsets[p] >= arena.trainable) continue;
    (arena.sizes[p] < large ? small_ones : large_ones).push_back(p);
  }
  std::atomic<std::size_t> next = 0;
  team.run([&](int) {
    for (std::size_t i = next++; i < small_ones.size(); i = next++) work(small_ones[i], Parallel());
  });
  const Parallel all = shared_by(team);
  for (const std::size_t p : large_ones) work(p, all);
}

}  // namespace ridgeline::engine
