// The loops of the update pass on every instruction set that this machine runs, against plain ones,
// on runs of any length and alignment.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/group_lasso.hpp"
#include "engine/kernels/update_kernels.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;

// A run with a length of its own that begins anywhere.
struct Draw {
  explicit Draw(std::uint64_t number)
      : random(number, Purpose::test, 43),
        count(number < 40 ? number : 1 + random.below(5000)),
        first(random.below(16)) {}
  Floats floats() { return normal(first + count, random); }
  Random random;
  std::size_t count, first;
};

template <typename F>
double sum(std::size_t count, F f) {
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) total += f(i);
  return total;
}

TEST(UpdateKernel, Sums) {
  on_every_target(60, [](std::uint64_t number) {
    Draw draw(number);
    const Floats a = draw.floats(), b = draw.floats();
    const float *x = a.data() + draw.first, *y = b.data() + draw.first;
    const std::vector<double> wide(x, x + draw.count);
    const double tolerance = 1e-6 * static_cast<double>(1 + draw.count);
    const auto expect = [&](double got, auto f) {
      EXPECT_NEAR(got, sum(draw.count, f), tolerance) << draw.count;
    };
    expect(square_sum(x, draw.count), [&](std::size_t i) { return wide[i] * wide[i]; });
    expect(absolute_sum(x, draw.count), [&](std::size_t i) { return std::abs(wide[i]); });
    expect(dot(x, y, draw.count), [&](std::size_t i) { return wide[i] * y[i]; });
    expect(dot(wide.data(), y, draw.count), [&](std::size_t i) { return wide[i] * y[i]; });
    expect(distance_square(x, y, draw.count),
           [&](std::size_t i) { return (wide[i] - y[i]) * (wide[i] - y[i]); });
  });
}

TEST(UpdateKernel, ScaledRunsAndNothingBehindThem) {
  on_every_target(60, [](std::uint64_t number) {
    Draw draw(number);
    const Floats b = draw.floats(), before = draw.floats();
    Floats scaled = before, added = before;
    std::vector<double> wide(before.begin(), before.end());
    const std::size_t count = draw.count - draw.count / 5;
    scale(scaled.data() + draw.first, count, 0.75F);
    add_scaled(added.data() + draw.first, -0.3F, b.data() + draw.first, count);
    add_scaled(wide.data() + draw.first, -0.3, b.data() + draw.first, count);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool inside = i >= draw.first && i < draw.first + count;
      const double sum = before[i] - (inside ? 0.3 * b[i] : 0);
      ASSERT_EQ(scaled[i], inside ? 0.75F * before[i] : before[i]) << i;
      ASSERT_NEAR(added[i], sum, 1e-6) << i;
      ASSERT_NEAR(wide[i], sum, 1e-12) << i;
    }
  });
}

TEST(UpdateKernel, ADescentIsTheSameMeasuredOrNot) {
  on_every_target(30, [](std::uint64_t number) {
    Draw draw(number);
    const std::size_t count = 16 * (1 + draw.random.below(200));
    Buffer<float> weights(count), step(count), plain(count);
    double moved = 0;
    for (std::size_t i = 0; i < count; ++i) {
      weights[i] = plain[i] = static_cast<float>(draw.random.normal());
      step[i] = static_cast<float>(0.01 * draw.random.normal());
      const double by = -0.05 * static_cast<double>(weights[i]) - static_cast<double>(step[i]);
      moved += by * by;
    }
    const double measured = descend_measured(weights.data(), step.data(), count, 0.95F);
    descend(plain.data(), step.data(), count, 0.95F);
    EXPECT_NEAR(measured, moved, 1e-5 * moved);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(weights[i], plain[i]) << i;
  });
}

TEST(GroupLassoKernel, SumsValuesAndTheScaledRow) {
  on_every_target(60, [](std::uint64_t number) {
    Draw draw(number);
    Floats v = draw.floats(), metric = draw.floats();
    for (std::size_t i = 0; i < v.size(); ++i) {
      metric[i] = i % 7 == 0 ? 0 : std::abs(metric[i]);
      if (i % 3 == 0) v[i] = 0;
    }
    const float *x = v.data() + draw.first, *m = metric.data() + draw.first;
    const GroupRow row{x, m, draw.count, 0.25};
    const double tolerance = 1e-6 * static_cast<double>(1 + draw.count);

    const GroupSums sums = group_sums(row);
    double largest = 0, bound = 0;
    for (std::size_t i = 0; i < draw.count; ++i) {
      largest = std::max<double>(largest, m[i]);
      bound = std::max<double>(bound, std::abs(x[i]) - 0.25 * m[i]);
    }
    const auto square = [](double value) { return value * value; };
    EXPECT_NEAR(sums.square, sum(draw.count, [&](std::size_t i) { return square(x[i]); }),
                tolerance);
    EXPECT_NEAR(sums.still,
                sum(draw.count, [&](std::size_t i) { return m[i] > 0 ? 0 : square(x[i]); }),
                tolerance);
    const double dual =
        sum(draw.count, [&](std::size_t i) { return m[i] > 0 ? square(x[i] / m[i]) : 0; });
    EXPECT_NEAR(sums.dual, dual, 1e-6 * (1 + dual));
    EXPECT_EQ(sums.largest, largest);
    EXPECT_NEAR(sums.bound, bound, 1e-6);

    const double s = bound + 0.1;
    const auto ratio = [&](std::size_t i) { return x[i] / (s + 0.25 * m[i]); };
    const auto [f, slope] = group_value(row, s);
    EXPECT_NEAR(f, sum(draw.count, [&](std::size_t i) { return square(ratio(i)); }), tolerance);
    EXPECT_NEAR(
        slope, sum(draw.count, [&](std::size_t i) { return square(ratio(i)) / (s + 0.25 * m[i]); }),
        10 * tolerance);

    Floats w = v;
    group_scale({w.data() + draw.first, m, draw.count, 0.25}, s, w.data() + draw.first);
    for (std::size_t i = 0; i < w.size(); ++i) {
      const bool inside = i >= draw.first && i < draw.first + draw.count;
      ASSERT_NEAR(w[i], inside ? s * ratio(i - draw.first) : v[i], 1e-6) << i;
    }
  });
}

TEST(GroupLassoKernel, WhatIsZeroAddsNothingEvenWhereItIsDividedByZero) {
  on_every_target(1, [](std::uint64_t) {
    const Floats v{0, 3, 0, 0, 4, 0, 0, 0, 0, 0, 0}, metric(v.size());
    const GroupRow row{v.data(), metric.data(), v.size(), 2};
    const auto [f, slope] = group_value(row, 5);
    EXPECT_NEAR(f, 1, 1e-6);
    EXPECT_NEAR(slope, 0.2, 1e-6);
    const Floats moves(v.size(), 1.0F);
    EXPECT_NEAR(group_value({v.data(), moves.data(), v.size(), 2}, 2).f, 25.0 / 16, 1e-6);
    EXPECT_EQ(group_sums({nullptr, nullptr, 0, 1}).square, 0);
  });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
