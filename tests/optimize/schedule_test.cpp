#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ridgeline/optimizer.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

Schedule make(std::string kind, double value, double to = 0) {
  Schedule s(value);
  s.kind = std::move(kind);
  s.to = to;
  return s;
}

TEST(Schedule, ANumberIsAConstant) {
  const Schedule s = 0.25;
  EXPECT_TRUE(s.is_constant());
  for (const double epoch : {0.0, 0.5, 9.9, 10.0, 50.0}) EXPECT_EQ(s.at(epoch, 10), 0.25);
}

TEST(Schedule, StepsFallAfterEveryFewEpochs) {
  Schedule s = make("step", 8);
  s.factor = 0.5;
  s.every = 3;
  EXPECT_EQ(s.at(0, 10), 8);
  EXPECT_EQ(s.at(2.99, 10), 8);
  EXPECT_EQ(s.at(3, 10), 4);
  EXPECT_EQ(s.at(5.99, 10), 4);
  EXPECT_EQ(s.at(9, 10), 1);
}

TEST(Schedule, Linear) {
  const Schedule s = make("linear", 1, 0.2);
  EXPECT_DOUBLE_EQ(s.at(0, 4), 1);
  EXPECT_DOUBLE_EQ(s.at(1, 4), 0.8);
  EXPECT_DOUBLE_EQ(s.at(4, 4), 0.2);
  EXPECT_DOUBLE_EQ(s.at(7, 4), 0.2) << "behind the end it stays";
  EXPECT_DOUBLE_EQ(make("linear", 0, 2).at(3, 4), 1.5) << "upwards too";
}

TEST(Schedule, Cosine) {
  const Schedule s = make("cosine", 1, 0.2);
  EXPECT_DOUBLE_EQ(s.at(0, 8), 1);
  EXPECT_DOUBLE_EQ(s.at(4, 8), 0.6);
  EXPECT_NEAR(s.at(2, 8), 0.6 + 0.4 * std::sqrt(0.5), 1e-15);
  EXPECT_DOUBLE_EQ(s.at(8, 8), 0.2);
  EXPECT_DOUBLE_EQ(s.at(11, 8), 0.2);
}

TEST(Schedule, AWarmUpRisesFromZeroAndTheRestFollowsIt) {
  for (const auto* kind : {"constant", "step", "linear", "cosine"}) {
    SCOPED_TRACE(kind);
    Schedule s = make(kind, 2);
    s.warmup = 4;
    s.every = 3;
    EXPECT_FALSE(s.is_constant());
    EXPECT_EQ(s.at(0, 10), 0);
    EXPECT_DOUBLE_EQ(s.at(1, 10), 0.5);
    EXPECT_DOUBLE_EQ(s.at(3, 10), 1.5);
    EXPECT_DOUBLE_EQ(s.at(4, 10), 2);
    Schedule later = make(kind, 2);
    later.every = 3;
    for (const double e : {0.0, 1.5, 3.0, 6.0}) {
      EXPECT_DOUBLE_EQ(s.at(4 + e, 10), later.at(e, 6)) << "as if it began then, at " << e;
    }
  }
}

TEST(Schedule, OneCycle) {
  Schedule s = make("one-cycle", 1, 0.001);
  EXPECT_DOUBLE_EQ(s.at(0, 10), 0.04);
  EXPECT_DOUBLE_EQ(s.at(1.5, 10), 0.52);
  EXPECT_DOUBLE_EQ(s.at(3, 10), 1);
  EXPECT_DOUBLE_EQ(s.at(6.5, 10), 0.5005);
  EXPECT_DOUBLE_EQ(s.at(10, 10), 0.001);
  s.warmup = 5;
  EXPECT_DOUBLE_EQ(s.at(2.5, 10), 0.52);
  EXPECT_DOUBLE_EQ(s.at(5, 10), 1);
}

TEST(Schedule, AWarmUpAsLongAsTheTraining) {
  Schedule s = make("cosine", 1);
  s.warmup = 10;
  EXPECT_DOUBLE_EQ(s.at(5, 10), 0.5);
  EXPECT_EQ(s.at(10, 10), 0);
}

TEST(Schedule, Errors) {
  EXPECT_USAGE_ERROR(make("cosin", 1).check("regularize.l2"),
                     "regularize.l2 has no schedule 'cosin': did you mean 'cosine'?");
  EXPECT_USAGE_ERROR(
      make("warp", 1).check("optimizer.learning_rate"),
      "optimizer.learning_rate has no schedule 'warp': known are constant, step, cosine, linear, "
      "one-cycle, proportional");
  EXPECT_USAGE_ERROR(Schedule(-1).check("regularize.l2"),
                     "regularize.l2 must be a number that is not negative, not -1");
  EXPECT_USAGE_ERROR(make("linear", 1, -0.5).check("k"),
                     "k.to must be a number that is not negative, not -0.5");
  Schedule still = make("step", 1);
  still.every = 0;
  EXPECT_USAGE_ERROR(still.check("k"), "k.every must be above 0, not 0");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {-1.0, std::nan(""), infinity}) {
    for (double Schedule::*field : {&Schedule::value, &Schedule::to, &Schedule::factor,
                                    &Schedule::every, &Schedule::warmup}) {
      Schedule s = make("step", 1);
      s.*field = bad;
      EXPECT_THROW(s.check("k"), UsageError) << bad;
    }
  }
  for (const auto* kind : {"constant", "step", "cosine", "linear", "one-cycle", "proportional"}) {
    EXPECT_NO_THROW(make(kind, 0).check("k")) << kind;
  }
}

}  // namespace
}  // namespace ridgeline
