#include "select/automatic_range.hpp"

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;

// 12,500 updates.
RangeFacts facts(const std::string& optimizer, double momentum = 0) {
  return {.size = {.images = 40000, .batch = 32, .epochs = 10, .learning_rate = 1e-2},
          .optimizer = optimizer,
          .momentum = momentum};
}

Range found(const std::string& name, const RangeFacts& facts, Range range = {.automatic = true}) {
  return automatic_range(name, range, facts);
}

TEST(AutomaticRange, FollowsTheTimescaleOfTheTraining) {
  const Range sgd = found(key, facts("sgd"));
  EXPECT_DOUBLE_EQ(sgd.min, 8e-6) << "1/1000 of a time-scale: 1e-3 / (0.01 * 12500)";
  EXPECT_DOUBLE_EQ(sgd.max, 0.8);
  const Range momentum = found(key, facts("sgd", 0.9));
  EXPECT_DOUBLE_EQ(momentum.min, 8e-7);
  EXPECT_DOUBLE_EQ(momentum.max, 0.08);
  EXPECT_EQ(found("regularize.decay", facts("adamw")), sgd);
  EXPECT_EQ(found("regularize.l2@dense*", facts("sgd")), sgd);
}

TEST(AutomaticRange, OfACoupledPenaltyUnderAnAdaptiveOptimiserIsFixed) {
  const Range adam = found(key, facts("adam"));
  EXPECT_EQ(adam.min, 1e-6);
  EXPECT_EQ(adam.max, 0.1);
}

TEST(AutomaticRange, InTimescalesIsTheSameForAllTrainings) {
  const Range range = found(key, facts("adam"), {.unit = "timescale", .automatic = true});
  EXPECT_EQ(range.min, 1e-3);
  EXPECT_EQ(range.max, 100);
}

TEST(AutomaticRange, LeavesOtherRangesAndRefusesOtherKeys) {
  const Range own{.min = 1, .max = 2};
  EXPECT_EQ(found(key, facts("sgd"), own), own);
  expect_error<UsageError>([] { found("train.epochs", facts("sgd")); },
                           "'train.epochs' has no automatic range");
  expect_error<UsageError>(
      [] { found(key, facts("sgd"), {.unit = "normalized", .automatic = true}); },
      "no automatic range in the unit normalized");
}

}  // namespace
}  // namespace ridgeline::selection
