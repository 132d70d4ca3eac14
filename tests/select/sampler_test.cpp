#include "select/samplers/sampler.hpp"

#include <algorithm>
#include <set>

#include "select/samplers/sobol.hpp"
#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;
using testing::ElementsAre;

std::vector<double> values(const std::vector<Assignment>& candidates, const std::string& of = key) {
  std::vector<double> values;
  for (const Assignment& c : candidates) values.push_back(c.at(of));
  return values;
}

TEST(Grid, ZeroThenEvenlySpacedInTheLogarithm) {
  const auto space = log_range(key, 1e-4, 1e-1);
  EXPECT_THAT(values(sample_grid({space, 5})), ElementsAre(0, 1e-4, 1e-3, 1e-2, 1e-1));
  EXPECT_THAT(values(sample_grid({space, 2})), ElementsAre(0, testing::DoubleNear(3.16e-3, 1e-5)));
  EXPECT_THAT(values(sample_grid({space, 1})), ElementsAre(0));
}

TEST(Grid, ALinearRangeFromZeroHasItsZeroOnce) {
  const SearchSpace space{{key, {.min = 0, .max = 1, .log = false}}};
  EXPECT_THAT(values(sample_grid({space, 5})), ElementsAre(0, 0.25, 0.5, 0.75, 1));
  EXPECT_THAT(values(sample_grid({space, 1})), ElementsAre(0));
}

TEST(Grid, KeysThatAreNoPenaltyGetNoZero) {
  const auto space = log_range("optimizer.learning_rate", 1e-3, 1e-1);
  EXPECT_THAT(values(sample_grid({space, 3}), "optimizer.learning_rate"),
              ElementsAre(1e-3, 1e-2, 1e-1));
}

TEST(Grid, ListedValuesAreAllTakenWithZeroAdded) {
  const SearchSpace space{{key, {.values = {0.1, 0.01, 0.1}}}};
  EXPECT_THAT(values(sample_grid({space, 16})), ElementsAre(0, 0.01, 0.1));
  EXPECT_THAT(values(sample_grid({space, 1})), ElementsAre(0, 0.01, 0.1));
}

TEST(Grid, NarrowRangesKeepTheirValuesApart) {
  const SearchSpace space{{key, {.min = 1, .max = 1.00001, .log = false}}};
  const auto v = values(sample_grid({space, 6}));
  EXPECT_EQ(std::set<double>(v.begin(), v.end()).size(), 6u);
}

TEST(Grid, SeveralKeysShareTheTrials) {
  const SearchSpace space{{"optimizer.learning_rate", {.min = 1e-4, .max = 1e-2}},
                          {key, {.min = 1e-3, .max = 1e-1}}};
  const auto nine = sample_grid({space, 9});
  EXPECT_EQ(nine.size(), 9u);
  EXPECT_THAT(nine, testing::Contains(Assignment{{key, 0}, {"optimizer.learning_rate", 1e-3}}));
  EXPECT_THAT(nine, testing::Contains(Assignment{{key, 0.1}, {"optimizer.learning_rate", 1e-4}}));
  for (int trials = 1; trials < 40; ++trials) {
    EXPECT_LE(sample_grid({space, trials}).size(), static_cast<std::size_t>(trials));
  }
}

TEST(Grid, ListedAndSpacedKeysShareTheTrials) {
  const SearchSpace space{{"optimizer.learning_rate", {.values = {1e-4, 1e-3, 1e-2}}},
                          {key, {.min = 1e-3, .max = 1e-1}}};
  EXPECT_EQ(sample_grid({space, 10}).size(), 9u);
}

TEST(RandomSearch, IsRepeatableInsideTheRangeAndBeginsWithZero) {
  const auto space = log_range(key, 1e-5, 1e-2);
  const auto first = sample_random({space, 20, 4});
  EXPECT_EQ(first, sample_random({space, 20, 4}));
  EXPECT_NE(first, sample_random({space, 20, 5}));
  ASSERT_EQ(first.size(), 20u);
  EXPECT_EQ(first[0].at(key), 0);
  int below_middle = 0;
  for (std::size_t i = 1; i < first.size(); ++i) {
    const double v = first[i].at(key);
    EXPECT_GE(v, 1e-5);
    EXPECT_LE(v, 1e-2);
    below_middle += v < std::sqrt(1e-5 * 1e-2);
  }
  EXPECT_GT(below_middle, 3);
  EXPECT_LT(below_middle, 17);
}

TEST(RandomSearch, MoreTrialsBeginWithTheSameOnes) {
  const auto space = log_range(key, 1e-5, 1e-2);
  const auto few = sample_random({space, 5, 4}), many = sample_random({space, 9, 4});
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(RandomSearch, EachCandidateOnceAndNoMoreThanThereAre) {
  const SearchSpace space{{"train.batch", {.values = {16, 32, 64}}}};
  auto v = values(sample_random({space, 10, 1}), "train.batch");
  std::ranges::sort(v);
  EXPECT_THAT(v, ElementsAre(16, 32, 64));
}

// Values of torch.quasirandom.SobolEngine(21, scramble=False), as 10 bits.
TEST(Sobol, EqualsAnotherImplementation) {
  const auto point = [](std::uint32_t index) {
    std::vector<std::uint32_t> coordinates;
    for (int axis = 0; axis < sobol_dimensions; ++axis) {
      coordinates.push_back(sobol(index, axis) >> 22);
    }
    return coordinates;
  };
  EXPECT_THAT(point(0), testing::Each(0u));
  EXPECT_THAT(point(1), testing::Each(512u));
  EXPECT_THAT(point(9), ElementsAre(704, 832, 448, 960, 64, 832, 960, 448, 448, 832, 192, 576, 448,
                                    448, 320, 448, 320, 320, 448, 832, 704));
  EXPECT_THAT(point(1000), ElementsAre(225, 99, 531, 693, 287, 929, 47, 921, 513, 71, 87, 261, 165,
                                       393, 147, 379, 737, 353, 1015, 743, 535));
}

TEST(Sobol, PutsOneCandidateInEachPartOfARange) {
  const SearchSpace space{{"optimizer.learning_rate", {.min = 0, .max = 1, .log = false}},
                          {"optimizer.clip_norm", {.min = 0, .max = 1, .log = false}}};
  for (const std::uint64_t seed : {1u, 2u}) {
    const auto candidates = sample_sobol({space, 16, seed});
    EXPECT_EQ(candidates, sample_sobol({space, 16, seed}));
    for (const auto& [name, range] : space) {
      std::set<int> parts;
      for (const double v : values(candidates, name)) parts.insert(static_cast<int>(v * 16));
      EXPECT_EQ(parts.size(), 16u) << name;
    }
  }
  EXPECT_NE(sample_sobol({space, 16, 1}), sample_sobol({space, 16, 2}));
}

TEST(Sobol, BeginsWithZeroAndTakesMoreKeysThanItsTable) {
  SearchSpace space{{key, {.min = 1e-6, .max = 1e-1}}};
  for (int i = 0; i < 30; ++i) {
    space["regularize.own" + std::to_string(i)] = {.min = 0, .max = 1, .log = false};
  }
  const auto candidates = sample_sobol({space, 8});
  ASSERT_EQ(candidates.size(), 8u);
  for (const auto& [name, value] : candidates[0]) EXPECT_EQ(value, 0) << name;
  EXPECT_NE(candidates[1], candidates[2]);
}

TEST(Samplers, CandidatesAreWhatTheKeyMakesOfThem) {
  const SearchSpace space{{"train.epochs", {.min = 1, .max = 4, .log = false}}};
  const auto whole = [](const std::string&, double value) { return std::round(value); };
  EXPECT_THAT(values(sample_grid({space, 30, 1, whole}), "train.epochs"), ElementsAre(1, 2, 3, 4));
  for (const double v : values(sample_random({space, 30, 1, whole}), "train.epochs")) {
    EXPECT_EQ(v, std::round(v));
  }
}

TEST(Samplers, RefuseWhatMakesNoRange) {
  EXPECT_THROW(check(key, {.min = 0, .max = 1}), UsageError);
  EXPECT_THROW(check(key, {.min = 1, .max = 0.1}), UsageError);
  EXPECT_THROW(check(key, {.min = 0.1, .max = NAN}), UsageError);
  EXPECT_THROW(check(key, {.min = 0.1, .max = INFINITY}), UsageError);
  EXPECT_THROW(check(key, {.values = {0.1, INFINITY}}), UsageError);
  EXPECT_NO_THROW(check(key, {.min = 0, .max = 1, .log = false}));
}

}  // namespace
}  // namespace ridgeline::selection
