#pragma once
// Plans the places of buffers with known lifetimes in one arena. Buffers with disjoint lifetimes
// share memory.

#include <cstddef>
#include <vector>

namespace ridgeline::engine {

struct Lifetime {
  std::size_t bytes = 0;
  int first = -1;  ///< step that writes it first; -1: never used
  int last = -1;   ///< step that reads it last
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< aligned to 64 bytes
  std::size_t bytes = 0;
};

/// Places the largest buffer first, each at the lowest offset that is free for its whole lifetime.
MemoryPlan plan_memory(const std::vector<Lifetime>& buffers);

}  // namespace ridgeline::engine
