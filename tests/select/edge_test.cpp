#include "select/edge.hpp"

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::key;
using test::trial;
using testing::IsEmpty;

const SearchSpace penalty = log_range(key, 1e-3, 1e-1);

/// Scores at 0, 1e-3, 1e-2 and 1e-1, each with an error of 0.1.
Selection scored(double at_zero, double at_low, double at_middle, double at_high, double chosen) {
  return {.chosen = {{key, chosen}},
          .trials = {trial(0, at_zero, 0.1), trial(1e-3, at_low, 0.1), trial(1e-2, at_middle, 0.1),
                     trial(1e-1, at_high, 0.1)}};
}

TEST(Edge, TheLargestNumberTriedIsOne) {
  const auto edges = edges_of(scored(4, 3, 2, 1, 1e-1), penalty, {});
  ASSERT_EQ(edges.size(), 1U);
  EXPECT_EQ(edges[0], (RangeEdge{key, true, Range{.min = 0.1, .max = 10}}));
}

TEST(Edge, ANumberInBetweenIsNone) {
  EXPECT_THAT(edges_of(scored(4, 3, 1, 2, 1e-2), penalty, {}), IsEmpty());
}

TEST(Edge, ThePlaceBetweenZeroAndTheSmallestIsOneWhereTheyDiffer) {
  const RangeEdge below{key, false, Range{.min = 1e-5, .max = 1e-3}};
  for (const double chosen : {0.0, 1e-3}) {
    const bool zero = chosen == 0;
    const auto edges = edges_of(scored(zero ? 1 : 2, zero ? 2 : 1, 3, 4, chosen), penalty, {});
    ASSERT_EQ(edges.size(), 1U);
    EXPECT_EQ(edges[0], below);
    EXPECT_THAT(edges_of(scored(1, 1.05, 3, 4, chosen), penalty, {}), IsEmpty())
        << "the same within the error: there is nothing between them to find";
  }
}

Selection of(const std::string& name, const std::vector<double>& values, double chosen) {
  Selection selection{.chosen = {{name, chosen}}};
  for (const double value : values) {
    selection.trials.push_back(trial(0, value, 0.1));
    selection.trials.back().parameters = {{name, value}};
  }
  return selection;
}

TEST(Edge, OtherKeysHaveTwo) {
  const std::string rate = "optimizer.learning_rate";
  const SearchSpace over{{rate, {.values = {1e-3, 1e-2, 1e-1}}}};
  EXPECT_EQ(edges_of(of(rate, {1e-3, 1e-2, 1e-1}, 1e-3), over, {}).at(0),
            (RangeEdge{rate, false, Range{.min = 1e-5, .max = 1e-3}}));
  EXPECT_EQ(edges_of(of(rate, {1e-3, 1e-2, 1e-1}, 1e-1), over, {}).at(0),
            (RangeEdge{rate, true, Range{.min = 1e-1, .max = 10}}));
  EXPECT_THAT(edges_of(of(rate, {1e-3, 1e-2, 1e-1}, 1e-2), over, {}), IsEmpty());
  EXPECT_THAT(edges_of(of(rate, {1e-3}, 1e-3), over, {}), IsEmpty()) << "nothing was searched";
}

TEST(Edge, ThereIsNoneWhereAllScoreAlike) {
  const Selection alike = scored(2, 2, 2, 2, 1e-1);
  EXPECT_TRUE(all_score_alike(alike));
  EXPECT_THAT(edges_of(alike, penalty, {}), IsEmpty());
  EXPECT_FALSE(all_score_alike(scored(2, 2, 2, 3, 1e-1)));
}

TEST(Edge, OfABoundZeroComesAfterTheLargest) {
  const std::string bound = "regularize.max_norm";
  const SearchSpace over{{bound, {.values = {0.5, 1}}}};
  const auto scores = [&](double none, double half, double one, double chosen) {
    Selection selection = of(bound, {0, 0.5, 1}, chosen);
    selection.trials[0].score = none;
    selection.trials[1].score = half;
    selection.trials[2].score = one;
    return selection;
  };
  EXPECT_EQ(edges_of(scores(1, 3, 2, 0), over, {}).at(0),
            (RangeEdge{bound, true, Range{.min = 1, .max = 1.5, .log = false}}));
  EXPECT_EQ(edges_of(scores(2, 3, 1, 1), over, {}).at(0).upper, true);
  EXPECT_THAT(edges_of(scores(1, 3, 1.01, 0), over, {}), IsEmpty());
  EXPECT_EQ(edges_of(scores(3, 1, 2, 0.5), over, {}).at(0).upper, false);
}

TEST(Edge, WhatDivergedBeyondItWasTried) {
  const std::string rate = "optimizer.learning_rate";
  Selection selection = of(rate, {1e-3, 1e-2, 1e30}, 1e-2);
  selection.trials[2].status = "diverged";
  EXPECT_THAT(edges_of(selection, {{rate, {.values = {1e-3, 1e-2, 1e30}}}}, {}), IsEmpty());
}

TEST(Edge, TheNextRangeKeepsToTheLimitsOfTheKey) {
  const std::string momentum = "optimizer.momentum";
  const SearchSpace over{{momentum, {.min = 0.5, .max = 0.9, .log = false}}};
  const auto below_one = [](const std::string&, double value) {
    if (value >= 1) throw UsageError("must be below 1");
    return value;
  };
  const auto edges = edges_of(of(momentum, {0.5, 0.7, 0.9}, 0.9), over, below_one);
  ASSERT_TRUE(edges.at(0).next);
  EXPECT_EQ(edges[0].next->min, 0.9);
  EXPECT_GT(edges[0].next->max, 0.9);
  EXPECT_LT(edges[0].next->max, 1);

  const auto nothing_more = [](const std::string&, double value) {
    if (value > 0.9) throw UsageError("must be at most 0.9");
    return value;
  };
  const auto none = edges_of(of(momentum, {0.5, 0.7, 0.9}, 0.9), over, nothing_more);
  EXPECT_TRUE(none.at(0).upper);
  EXPECT_FALSE(none.at(0).next);
}

TEST(Edge, WholeNumbersStaySuch) {
  const std::string epochs = "train.epochs";
  const auto whole = [](const std::string&, double value) {
    if (std::round(value) < 1) throw UsageError("must be at least 1");
    return std::round(value);
  };
  const SearchSpace over{{epochs, {.min = 1, .max = 8, .log = false}}};
  EXPECT_FALSE(edges_of(of(epochs, {1, 4, 8}, 1), over, whole).at(0).next);
  EXPECT_EQ(edges_of(of(epochs, {1, 4, 8}, 8), over, whole).at(0).next,
            (Range{.min = 8, .max = 15, .log = false}));
}

}  // namespace
}  // namespace ridgeline::selection
