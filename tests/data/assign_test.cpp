#include "data/assign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "folder.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

struct Drawn {
  std::vector<std::int32_t> classes;
  std::vector<std::int64_t> groups;
  SplitSamples samples() const { return {classes.size(), classes, groups}; }
};

/// Groups of 1 to `largest` samples, mostly of one class (if `mixed`, of any class), and some
/// samples without a group.
Drawn draw(std::uint64_t seed, std::size_t groups, std::size_t largest, bool mixed) {
  Random random(seed, Purpose::test, groups, largest);
  Drawn drawn;
  constexpr std::uint64_t classes = 4;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::uint64_t own = random.below(classes);
    for (std::uint64_t k = random.below(largest) + 1; k > 0; --k) {
      drawn.classes.push_back(static_cast<std::int32_t>(mixed ? random.below(classes) : own));
      drawn.groups.push_back(random.below(10) == 0 ? -1 : static_cast<std::int64_t>(g * 7));
    }
  }
  // Groups are not next to each other.
  for (std::size_t i = drawn.classes.size(); i > 1; --i) {
    const std::uint64_t j = random.below(i);
    std::swap(drawn.classes[i - 1], drawn.classes[j]);
    std::swap(drawn.groups[i - 1], drawn.groups[j]);
  }
  return drawn;
}

/// The number of samples of each class in each part, and the largest number in a group.
struct Tally {
  std::map<std::pair<int, std::int32_t>, double> counts;
  std::map<std::int32_t, double> totals, largest;
};

Tally tally(const Drawn& drawn, const std::vector<int>& part_of) {
  Tally result;
  std::map<std::pair<std::int64_t, std::int32_t>, double> in_group;
  for (std::size_t i = 0; i < drawn.classes.size(); ++i) {
    const std::int32_t c = drawn.classes[i];
    ++result.counts[{part_of[i], c}];
    ++result.totals[c];
    const double count = drawn.groups[i] < 0 ? 1 : ++in_group[{drawn.groups[i], c}];
    result.largest[c] = std::max(result.largest[c], count);
  }
  return result;
}

void expect_groups_whole(const Drawn& drawn, const std::vector<int>& part_of) {
  std::map<std::int64_t, int> part;
  for (std::size_t i = 0; i < drawn.groups.size(); ++i) {
    if (drawn.groups[i] < 0) continue;
    const auto [at, is_new] = part.emplace(drawn.groups[i], part_of[i]);
    ASSERT_EQ(at->second, part_of[i]) << "group " << drawn.groups[i];
  }
}

TEST(AssignFolds, GroupsAreOnOneSideAndClassesEven) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const bool mixed = seed % 2 == 0;
    const int folds = 2 + static_cast<int>(seed % 4);
    const Drawn drawn = draw(seed, 30 + 5 * seed, 1 + seed % 12, mixed);
    const std::vector<int> fold_of = assign_folds(drawn.samples(), folds, seed);
    expect_groups_whole(drawn, fold_of);
    EXPECT_EQ(std::set<int>(fold_of.begin(), fold_of.end()).size(),
              static_cast<std::size_t>(folds));
    Tally result = tally(drawn, fold_of);
    for (const auto& [c, total] : result.totals) {
      for (int fold = 0; fold < folds; ++fold) {
        // No fold is farther from its share than two of the largest groups.
        EXPECT_LE(std::abs(result.counts[{fold, c}] - total / folds), 2 * result.largest[c] + 1)
            << "seed " << seed << ", class " << c << ", fold " << fold;
      }
    }
  }
}

TEST(AssignValidation, GroupsAreOnOneSideAndClassesEven) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const bool mixed = seed % 2 == 0;
    const double fraction = 0.1 * static_cast<double>(1 + seed % 5);
    const Drawn drawn = draw(seed, 60 + 5 * seed, 1 + seed % 8, mixed);
    const std::vector<bool> validation = assign_validation(drawn.samples(), fraction, seed);
    const std::vector<int> part_of(validation.begin(), validation.end());
    expect_groups_whole(drawn, part_of);
    EXPECT_EQ(std::set<int>(part_of.begin(), part_of.end()).size(), 2U);
    Tally result = tally(drawn, part_of);
    double size = 0, all = 0, largest = 0;
    for (const auto& [c, total] : result.totals) {
      size += result.counts[{1, c}];
      all += total;
      largest = std::max(largest, result.largest[c]);
      EXPECT_LE(std::abs(result.counts[{1, c}] - total * fraction), 2 * result.largest[c] + 1)
          << "seed " << seed << ", class " << c << ", fraction " << fraction;
    }
    EXPECT_LE(std::abs(size - all * fraction), 2 * largest + 1) << "seed " << seed;
  }
}

TEST(AssignFolds, DependOnTheSeedAlone) {
  const Drawn drawn = draw(5, 80, 5, true);
  EXPECT_EQ(assign_folds(drawn.samples(), 4, 7), assign_folds(drawn.samples(), 4, 7));
  EXPECT_NE(assign_folds(drawn.samples(), 4, 7), assign_folds(drawn.samples(), 4, 8));
  EXPECT_EQ(assign_validation(drawn.samples(), 0.2, 7), assign_validation(drawn.samples(), 0.2, 7));
  EXPECT_NE(assign_validation(drawn.samples(), 0.2, 7), assign_validation(drawn.samples(), 0.2, 8));
}

TEST(AssignValidation, AGroupThatIsTooLargeStaysInTraining) {
  Drawn drawn;
  for (int i = 0; i < 100; ++i) {
    drawn.classes.push_back(i % 2);
    drawn.groups.push_back(i < 60 ? 0 : i);
  }
  const std::vector<bool> validation = assign_validation(drawn.samples(), 0.1, 1);
  EXPECT_FALSE(validation[0]);
  EXPECT_EQ(std::count(validation.begin(), validation.end(), true), 10);
}

TEST(AssignValidation, TwoGroupsMakeTwoSides) {
  const Drawn drawn{{0, 1, 0, 1, 0}, {3, 3, 9, 9, 9}};
  const auto validation = assign_validation(drawn.samples(), 0.01, 1);
  EXPECT_EQ(validation[0], validation[1]);
  EXPECT_NE(validation[0], validation[2]);
}

TEST(Assign, RefusesTooFewGroups) {
  const Drawn one{{0, 1, 0}, {5, 5, 5}};
  EXPECT_THAT(message_of<UsageError>([&] { assign_validation(one.samples(), 0.5, 1); }),
              HasSubstr("at least 2 groups, and there is 1"));
  const Drawn two{{0, 1, 0, 1}, {5, 5, 6, 6}};
  EXPECT_THAT(message_of<UsageError>([&] { assign_folds(two.samples(), 3, 1); }),
              HasSubstr("3 folds of 2 groups: a fold would be empty; use at most 2"));
}

std::vector<int> places(const std::vector<bool>& which) {
  std::vector<int> all;
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (which[i]) all.push_back(static_cast<int>(i));
  }
  return all;
}

/// The folds of earlier versions: their studies must continue with the same folds.
TEST(Assign, WithoutGroupsGivesTheSameAsEver) {
  std::vector<std::int32_t> classes;
  for (int i = 0; i < 20; ++i) classes.push_back(i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0);
  // Groups of one sample do not count as groups.
  std::vector<std::int64_t> single;
  for (int i = 0; i < 20; ++i) single.push_back(i % 2 == 0 ? -1 : i);
  for (const auto& groups : {std::vector<std::int64_t>(), single}) {
    const SplitSamples samples{20, classes, groups};
    EXPECT_THAT(places(assign_validation(samples, 0.3, 1)), ElementsAre(9, 10, 14, 16, 18, 19));
    EXPECT_THAT(places(assign_validation(samples, 0.3, 99)), ElementsAre(2, 7, 8, 9, 11, 15));
    EXPECT_THAT(assign_folds(samples, 3, 1),
                ElementsAre(1, 0, 1, 1, 1, 2, 0, 0, 1, 2, 2, 0, 2, 2, 2, 0, 0, 1, 1, 0));
    EXPECT_THAT(assign_folds(samples, 3, 99),
                ElementsAre(0, 1, 0, 2, 0, 2, 1, 1, 0, 2, 0, 2, 0, 2, 2, 0, 1, 1, 1, 1));
  }
}

}  // namespace
}  // namespace ridgeline::data
