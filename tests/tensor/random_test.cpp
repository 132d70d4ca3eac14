#include "tensor/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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

TEST(Random, MomentsOfManyNormals) {
  Random random(7, Purpose::test);
  std::vector<float> values(200001);
  random.normals(values);
  double mean = 0, square = 0, fourth = 0, of_pairs = 0;
  const auto n = static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double z = values[i];
    mean += z / n;
    square += z * z / n;
    fourth += z * z * z * z / n;
    if (i + 1 < values.size()) of_pairs += z * values[i + 1] / n;
  }
  EXPECT_NEAR(mean, 0, 0.01);
  EXPECT_NEAR(square, 1, 0.02);
  EXPECT_NEAR(fourth, 3, 0.15);
  EXPECT_NEAR(of_pairs, 0, 0.01) << "neighbours are independent";
}

TEST(Random, FewerNormalsAreTheFirstOfMore) {
  std::vector<float> many(8), few(5);
  Random(7, Purpose::test).normals(many);
  Random(7, Purpose::test).normals(few);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

// Mean a / (a + b), variance a b / ((a + b)^2 (a + b + 1)); both tails if a and b are below 1.
TEST(Random, MomentsOfBeta) {
  const std::vector<std::pair<double, double>> shapes{
      {1, 1}, {0.2, 0.2}, {1e-3, 1e-3}, {2.5, 2.5}, {1e6, 1e6}, {0.5, 3}, {4, 1}, {1e-320, 1e-320}};
  for (const auto& [a, b] : shapes) {
    Random random(11, Purpose::test);
    constexpr int n = 100000;
    double mean = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      const double x = random.beta(a, b);
      ASSERT_TRUE(x >= 0 && x <= 1) << a << " " << b << ": " << x;
      mean += x / n;
      square += x * x / n;
    }
    const double expected = a / (a + b), variance = expected * (1 - expected) / (a + b + 1);
    const double five_errors = 5 * std::sqrt(variance / n) + 1e-12;
    EXPECT_NEAR(mean, expected, five_errors) << a << " " << b;
    EXPECT_NEAR(square - mean * mean, variance, 0.03 * variance) << a << " " << b;
  }
}

TEST(Random, BetaOfOneIsUniform) {
  Random random(5, Purpose::test);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100000; ++i) ++counts[static_cast<std::size_t>(10 * random.beta(1, 1))];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
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
