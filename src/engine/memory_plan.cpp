#include "engine/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace ridgeline::engine {
namespace {

constexpr std::size_t alignment = 64;

bool alive(const Lifetime& b) {
  return b.bytes > 0 && b.first >= 0;
}
bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

MemoryPlan plan_memory(const std::vector<Lifetime>& buffers) {
  MemoryPlan plan{std::vector<std::size_t>(buffers.size(), 0), 0};
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t b : order) {
    if (!alive(buffers[b])) continue;
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      if (!overlap(buffers[b], buffers[other])) continue;
      if (offset + buffers[b].bytes <= plan.offsets[other]) break;
      const std::size_t end = plan.offsets[other] + buffers[other].bytes;
      offset = std::max(offset, (end + alignment - 1) / alignment * alignment);
    }
    plan.offsets[b] = offset;
    plan.bytes = std::max(plan.bytes, offset + buffers[b].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), b,
                                   [&](std::size_t x, std::size_t y) {
                                     return plan.offsets[x] < plan.offsets[y];
                                   }),
                  b);
  }
  return plan;
}

}  // namespace ridgeline::engine
