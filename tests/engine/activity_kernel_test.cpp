// Penalties of activations on every instruction set that this machine runs, against plain loops.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/kernels/activity.hpp"
#include "engine/normal.hpp"
#include "engine/targets.hpp"

namespace ridgeline::engine::kernels {
namespace {

using Floats = std::vector<float>;

std::vector<Bf16> narrowed(const Floats& values) {
  std::vector<Bf16> half(values.size());
  narrow(values.data(), static_cast<std::int64_t>(values.size()), half.data());
  return half;
}

Floats widened(const std::vector<Bf16>& half) {
  Floats values(half.size());
  widen(half.data(), static_cast<std::int64_t>(half.size()), values.data());
  return values;
}

void expect_sums(ActivitySums got, const Floats& a) {
  ActivitySums expected;
  for (const double v : a) {
    expected.squares += v * v;
    expected.absolutes += std::abs(v);
  }
  EXPECT_NEAR(got.squares, expected.squares, 1e-6 * expected.squares);
  EXPECT_NEAR(got.absolutes, expected.absolutes, 1e-6 * expected.absolutes);
}

void expect_gradient(const Floats& got, const Floats& dy, const Floats& a, ActivitySlope slope,
                     double tolerance) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double sign = a[i] > 0 ? 1 : a[i] < 0 ? -1 : 0;
    const double expected = dy[i] + slope.l2 * a[i] + slope.l1 * sign;
    ASSERT_NEAR(got[i], expected, tolerance * (1 + std::abs(expected))) << i;
  }
}

TEST(ActivityKernel, SumsAndGradients) {
  on_every_target(30, [](std::uint64_t draw) {
    Random random(draw, Purpose::test, 41);
    const std::size_t size = draw < 25 ? 1 + random.below(70) : 1 + random.below(5000);
    const auto count = static_cast<std::int64_t>(size);
    Floats a = normal(size, random);
    for (std::size_t i = 0; i < size; i += 3) a[i] = i % 2 == 0 ? 0.0F : -0.0F;
    const Floats dy = normal(size, random);
    const ActivitySlope slope{0.5F * random.uniform(), 0.5F * random.uniform()};
    expect_sums(activity_sums(a.data(), count), a);
    Floats dx(size);
    activity_gradient(dy.data(), a.data(), slope, count, dx.data());
    expect_gradient(dx, dy, a, slope, 1e-6);

    const auto half = narrowed(a), half_dy = narrowed(dy);
    expect_sums(activity_sums(half.data(), count), widened(half));
    std::vector<Bf16> half_dx(size);
    activity_gradient(half_dy.data(), half.data(), slope, count, half_dx.data());
    expect_gradient(widened(half_dx), widened(half_dy), widened(half), slope, 0.004);
  });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
