#include "ridgeline/transform.hpp"

#include <gtest/gtest.h>

#include "tensor/random.hpp"

namespace ridgeline {
namespace {

void expect_near(Point a, Point b) {
  EXPECT_NEAR(a.x, b.x, 1e-9);
  EXPECT_NEAR(a.y, b.y, 1e-9);
}

Transform random_transform(Random& random) {
  Transform t;
  t.height = 10;
  t.width = 20;
  for (std::size_t i = 0; i < 8; ++i) t.matrix[i] += 0.1 * (random.uniform() - 0.5);
  return t;
}

TEST(Transform, ABoxBecomesTheWholeImage) {
  const Transform t = Transform::box(2, 3, 4, 5, 50, 80);
  expect_near(t({2, 3}), {0, 0});
  expect_near(t({6, 8}), {80, 50});
  EXPECT_TRUE(t.affine());
  EXPECT_EQ(t.height, 50);
  EXPECT_EQ(t.width, 80);
}

TEST(Transform, AFlipExchangesLeftAndRight) {
  const Transform t = Transform::flip(7, 9);
  expect_near(t({0, 2}), {9, 2});
  expect_near(t({9, 2}), {0, 2});
  expect_near(t.then(t)({3, 4}), {3, 4});
}

TEST(Transform, OneAfterTheOtherAndBack) {
  Random random(1, Purpose::test);
  for (int draw = 0; draw < 100; ++draw) {
    const Transform a = random_transform(random), b = random_transform(random);
    const Point p{20.0 * random.uniform(), 10.0 * random.uniform()};
    expect_near(a.then(b)(p), b(a(p)));
    expect_near(a.inverse()(a(p)), p);
  }
  const Transform box = Transform::box(1, 2, 3, 4, 5, 6);
  EXPECT_TRUE(box.inverse().affine());
  expect_near(box.inverse()(box({2, 3})), {2, 3});
}

}  // namespace
}  // namespace ridgeline
