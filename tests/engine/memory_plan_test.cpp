#include "engine/memory_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tensor/random.hpp"

namespace ridgeline::engine {
namespace {

TEST(MemoryPlan, BuffersAliveTogetherNeverOverlap) {
  Random random(3, Purpose::test);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> buffers(1 + random.below(30));
    std::size_t side_by_side = 0;
    for (auto& b : buffers) {
      b.bytes = random.below(5000);
      b.first = static_cast<int>(random.below(20));
      b.last = b.first + static_cast<int>(random.below(6));
      side_by_side += (b.bytes + 63) / 64 * 64;
    }
    const MemoryPlan plan = plan_memory(buffers);
    EXPECT_LE(plan.bytes, side_by_side);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(plan.offsets[i] % 64, 0u);
      EXPECT_LE(plan.offsets[i] + buffers[i].bytes, plan.bytes);
      for (std::size_t k = 0; k < i; ++k) {
        const auto &a = buffers[i], &b = buffers[k];
        const bool together = a.first <= b.last && b.first <= a.last;
        const bool overlap = plan.offsets[i] < plan.offsets[k] + b.bytes &&
                             plan.offsets[k] < plan.offsets[i] + a.bytes;
        EXPECT_FALSE(together && overlap && a.bytes > 0 && b.bytes > 0);
      }
    }
  }
}

TEST(MemoryPlan, ReusesTheMemoryOfTheDead) {
  EXPECT_EQ(plan_memory({{640, 0, 1}, {640, 2, 3}, {640, 4, 5}}).bytes, 640u);
  EXPECT_EQ(plan_memory({{640, 0, 1}, {640, 1, 2}, {640, 2, 3}}).bytes, 1280u);
}

}  // namespace
}  // namespace ridgeline::engine
