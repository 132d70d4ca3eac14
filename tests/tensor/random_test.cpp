#include "tensor/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace ridgeline {
namespace {

// The known answers published with Random123 (kat_vectors, philox4x32 10 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Random, StreamsAreRepeatableAndDistinct) {
  Random first(1, Purpose::shuffle, 3), again(1, Purpose::shuffle, 3), other(1, Purpose::split, 3);
  const auto value = first.bits();
  EXPECT_EQ(value, again.bits());
  EXPECT_NE(value, other.bits());
}

TEST(Random, MomentsOfUniformAndNormal) {
  Random random(7, Purpose::test);
  double mean = 0, normal_mean = 0, normal_square = 0;
  constexpr int n = 200000;
  for (int i = 0; i < n; ++i) {
    mean += random.uniform() / n;
    const double z = random.normal();
    normal_mean += z / n;
    normal_square += z * z / n;
  }
  EXPECT_NEAR(mean, 0.5, 0.005);
  EXPECT_NEAR(normal_mean, 0.0, 0.01);
  EXPECT_NEAR(normal_square, 1.0, 0.02);
}

TEST(Random, ShuffleKeepsEveryItem) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  Random random(1, Purpose::shuffle);
  shuffle(std::span<int>(items), random);
  EXPECT_FALSE(std::is_sorted(items.begin(), items.end()));
  std::sort(items.begin(), items.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(items[i], i);
}

}  // namespace
}  // namespace ridgeline
