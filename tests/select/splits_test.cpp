// How images are divided, and the standard error of scores whose folds share images.
#include "select/splits.hpp"

#include <map>
#include <set>

#include "select/group_splits.hpp"
#include "select/score.hpp"
#include "select/support.hpp"
#include "support/grouped_source.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;

Dataset grouped(std::vector<std::int64_t> groups) {
  const Dataset plain = ridgeline::test::pictures(static_cast<int>(groups.size()));
  return Dataset(
      std::make_shared<const ridgeline::test::Grouped>(plain.source(), std::move(groups)));
}

std::set<std::uint64_t> ids(const Dataset& data) {
  std::set<std::uint64_t> all;
  for (std::size_t i = 0; i < data.size(); ++i) all.insert(data.id(i));
  return all;
}

std::set<std::int64_t> groups(const Dataset& data) {
  std::set<std::int64_t> all;
  for (std::size_t i = 0; i < data.size(); ++i) all.insert(data.group(i));
  return all;
}

TEST(Splits, RepeatsDivideByOtherSeedsAndBeginWithThePlainFolds) {
  const Dataset images = ridgeline::test::pictures(60);
  const std::vector<Split> plain = splits(images, {.folds = 4, .seed = 7});
  const std::vector<Split> repeated = splits(images, {.folds = 4, .repeats = 3, .seed = 7});
  ASSERT_EQ(repeated.size(), 12U);
  for (std::size_t f = 0; f < 4; ++f) {
    EXPECT_EQ(ids(repeated[f].validation), ids(plain[f].validation));
    EXPECT_NE(ids(repeated[4 + f].validation), ids(plain[f].validation));
  }
  for (std::size_t r = 0; r < 3; ++r) {
    std::set<std::uint64_t> all;
    for (std::size_t f = 0; f < 4; ++f) all.merge(ids(repeated[4 * r + f].validation));
    EXPECT_EQ(all.size(), 60U) << "each repeat validates each image once";
  }
  // The folds of seed 8 are not among the repeats of seed 7.
  for (const Split& other : splits(images, {.folds = 4, .seed = 8})) {
    for (const Split& split : repeated) {
      EXPECT_NE(ids(other.validation), ids(split.validation));
    }
  }
}

TEST(Splits, AHoldOutCanBeRepeated) {
  const Dataset images = ridgeline::test::pictures(60);
  const std::vector<Split> held =
      splits(images, {.folds = 1, .holdout = 0.25, .repeats = 5, .seed = 7});
  ASSERT_EQ(held.size(), 5U);
  std::set<std::set<std::uint64_t>> distinct;
  for (const Split& split : held) {
    EXPECT_EQ(split.validation.size(), 15U);
    distinct.insert(ids(split.validation));
  }
  EXPECT_EQ(distinct.size(), 5U);
}

TEST(Splits, LeaveOneGroupOutHasAFoldForEachGroup) {
  const Dataset images = grouped({5, 5, 9, 9, 9, 2, 2, 5, 2});
  const std::vector<Split> left = splits(images, {.split = "leave-groups-out"});
  ASSERT_EQ(left.size(), 3U);
  EXPECT_EQ(groups(left[0].validation), (std::set<std::int64_t>{5}));
  EXPECT_EQ(groups(left[1].validation), (std::set<std::int64_t>{9}));
  EXPECT_EQ(groups(left[2].validation), (std::set<std::int64_t>{2}));
  for (const Split& split : left) {
    EXPECT_EQ(split.train.size() + split.validation.size(), 9U);
    for (const std::int64_t group : groups(split.validation)) {
      EXPECT_FALSE(groups(split.train).contains(group));
    }
  }
}

TEST(Splits, LeaveTwoGroupsOutHasAFoldForEachPair) {
  const Dataset images = grouped({0, 0, 1, 1, 2, 2, 3, 3, 4, -1});
  const std::vector<Split> left = splits(images, {.split = "leave-groups-out", .leave_groups = 2});
  EXPECT_EQ(left.size(), 15U) << "the image without a group is the sixth group";
  std::set<std::set<std::uint64_t>> distinct;
  for (const Split& split : left) distinct.insert(ids(split.validation));
  EXPECT_EQ(distinct.size(), 15U);
}

TEST(Splits, GroupsThatLeaveNothingAreRefused) {
  const auto refused = [](const Dataset& images, int leave, const std::string& part) {
    expect_error<UsageError>(
        [&] { splits(images, {.split = "leave-groups-out", .leave_groups = leave}); }, part);
  };
  refused(ridgeline::test::pictures(6), 1, "needs groups of images: name them by data.groups");
  refused(grouped({3, 3, 3, 3}), 1, "of 1 group leaves no images to train on: it needs at least 2");
  refused(grouped({3, 3, 4, 4}), 2,
          "of 2 groups leaves no images to train on: it needs at least 3");
  std::vector<std::int64_t> many;
  many.reserve(100);
  for (int i = 0; i < 100; ++i) many.push_back(i / 2);
  refused(grouped(many), 3, "more than 1000 folds of 50 groups");
  EXPECT_EQ(leave_groups_out(grouped(many), 1).size(), 50U);
}

TEST(Splits, FewImagesGiveSensibleFoldsOrOneClearError) {
  // Two images of each of three classes.
  const Dataset few = ridgeline::test::pictures(6);
  for (const Split& split : splits(few, {.folds = 2})) {
    std::set<std::int32_t> classes;
    for (std::size_t i = 0; i < split.train.size(); ++i) classes.insert(split.train.label(i));
    EXPECT_EQ(classes.size(), 3U) << "each class is on both sides";
  }
  // More folds than images of a class: each image is still validated once.
  std::set<std::uint64_t> all;
  for (const Split& split : splits(few, {.folds = 6})) all.merge(ids(split.validation));
  EXPECT_EQ(all.size(), 6U);
  expect_error<UsageError>([&] { splits(few, {.folds = 7}); }, "use at most 6");
  expect_error<UsageError>(
      [&] {
        splits(grouped({1, 1, 2, 2}), {.folds = 3});
      },
      "3 folds of 2 groups: a fold would be empty; use at most 2");
  expect_error<UsageError>(
      [&] {
        splits(grouped({1, 1, 1, 1}), {.folds = 2});
      },
      "2 folds of 1 groups");
  const int most = std::numeric_limits<int>::max();
  const Dataset images = ridgeline::test::pictures(600);
  expect_error<ResourceError>([&] { splits(images, {.folds = 2, .repeats = most}); },
                              "4294967294 folds of 600 images need ");
  // One group more than the folds leave out: folds of one group each.
  const Dataset three = grouped({1, 1, 2, 2, 3, 3});
  for (const Split& split : splits(three, {.folds = 3})) {
    EXPECT_EQ(groups(split.validation).size(), 1U);
  }
}

TEST(Splits, RefuseOptionsOutOfTheirLimits) {
  const Dataset images = ridgeline::test::pictures(12);
  const auto refused = [&](const SelectOptions& options, const std::string& part) {
    expect_error<UsageError>([&] { splits(images, options); }, part);
  };
  refused({.split = "stratifed"}, "did you mean 'stratified'?");
  refused({.split = "loo"}, "known are stratified, leave-groups-out");
  refused({.folds = 0}, "select.folds must be at least 1, not 0");
  refused({.repeats = 0}, "select.repeats must be at least 1, not 0");
  refused({.leave_groups = 0}, "select.leave_groups must be at least 1, not 0");
  refused({.outer_folds = 1}, "select.outer_folds must be 0");
  refused({.outer_folds = -2}, "select.outer_folds must be at least 0, not -2");
  refused({.split = "leave-groups-out", .repeats = 2}, "select.repeats has no effect");
}

TEST(Splits, OwnOnesAreTaken) {
  const Dataset images = ridgeline::test::pictures(12);
  SelectOptions options;
  options.splits = [](const Dataset& all) {
    const std::vector<std::size_t> in{0, 1, 2, 3}, out{7, 8};
    return std::vector<Split>{{all.subset(in), all.subset(out)}, {all.subset(out), all.subset(in)}};
  };
  const std::vector<Split> own = splits(images, options);
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(ids(own[0].validation), (std::set<std::uint64_t>{7, 8}));
  EXPECT_EQ(ids(validation_images(images, own)), (std::set<std::uint64_t>{0, 1, 2, 3, 7, 8}));
}

TEST(Splits, OwnOnesThatAreNotValidAreRefused) {
  const Dataset images = ridgeline::test::pictures(12), others = ridgeline::test::pictures(12, 1);
  const auto refused = [&](std::vector<Split> given, const std::string& part) {
    SelectOptions options;
    options.splits = [given](const Dataset&) { return given; };
    expect_error<UsageError>([&] { splits(images, options); }, part);
  };
  const auto some = [](const Dataset& data, std::vector<std::size_t> which) {
    return data.subset(which);
  };
  const Split good{some(images, {0, 1, 2}), some(images, {3, 4})};
  refused({}, "gave no split");
  refused({good, {some(images, {0}), {}}}, "fold 2 is not valid: validation images are missing");
  refused({{{}, some(images, {0})}}, "fold 1 is not valid: training images are missing");
  refused({{some(images, {0, 1}), some(images, {1, 2})}},
          "image 1 is both a training and a validation image");
  refused({{some(images, {0, 1}), some(others, {2})}}, "image 2 is none of the 12 images");
  SelectOptions options;
  options.splits = [&](const Dataset&) { return std::vector<Split>{good}; };
  expect_error<UsageError>([&] { splits(images.take(4), options); },
                           "image 4 is none of the 4 images");
  const Dataset together = grouped({1, 1, 2, 2});
  options.splits = [&](const Dataset& all) {
    return std::vector<Split>{{some(all, {0, 2}), some(all, {1, 3})}};
  };
  expect_error<UsageError>([&] { splits(together, options); },
                           "image 0 is for training and image 1 for validation, and both are of "
                           "one group");
}

TEST(DistinctFolds, CountImagesOnce) {
  const Dataset images = ridgeline::test::pictures(60);
  EXPECT_EQ(distinct_folds(splits(images, {.folds = 4})), (std::vector<double>{1, 2, 3, 4}));
  const auto repeated = distinct_folds(splits(images, {.folds = 2, .repeats = 3}));
  EXPECT_EQ(repeated, (std::vector<double>{1, 2, 2, 2, 2, 2}));
  const Dataset six = grouped({0, 1, 2, 3, 4, 5});
  const auto pairs = distinct_folds(splits(six, {.split = "leave-groups-out", .leave_groups = 2}));
  EXPECT_DOUBLE_EQ(pairs.back(), 3);
}

/// Scores of a model whose loss is a number of each image.
std::vector<double> scores(const std::vector<Split>& splits, const std::vector<double>& losses) {
  std::vector<double> scores;
  for (const Split& split : splits) {
    double sum = 0;
    for (std::size_t i = 0; i < split.validation.size(); ++i) sum += losses[split.validation.id(i)];
    scores.push_back(sum / static_cast<double>(split.validation.size()));
  }
  return scores;
}

// For losses that do not depend on the training images, the error of the mean over n images is
// known. Counting all folds of ten repeats as independent would make it three times too small.
TEST(StandardError, IsThatOfTheImagesHoweverOftenTheyAreUsed) {
  constexpr int images = 24;
  const Dataset data = ridgeline::test::pictures(images);
  std::vector<std::int64_t> own;
  own.reserve(images);
  for (int i = 0; i < images; ++i) own.push_back(i / 4);
  const Dataset six = grouped(own);
  const std::map<std::string, std::pair<Dataset, SelectOptions>> designs{
      {"k-fold", {data, {.folds = 4}}},
      {"repeated k-fold", {data, {.folds = 4, .repeats = 10}}},
      {"leave-one-group-out", {six, {.split = "leave-groups-out"}}},
      {"leave-two-groups-out", {six, {.split = "leave-groups-out", .leave_groups = 2}}}};
  for (const auto& [name, design] : designs) {
    constexpr int draws = 400;
    double estimated = 0, squares = 0;
    for (int draw = 0; draw < draws; ++draw) {
      Random random(static_cast<std::uint64_t>(draw), Purpose::test);
      std::vector<double> losses(images);
      for (double& loss : losses) loss = random.normal();
      SelectOptions options = design.second;
      options.seed = static_cast<std::uint64_t>(draw) + 1;
      const std::vector<Split> divided = splits(design.first, options);
      const MeanAndError score =
          mean_and_error(scores(divided, losses), distinct_folds(divided).back());
      estimated += score.standard_error * score.standard_error / draws;
      squares += score.mean * score.mean / draws;
    }
    EXPECT_NEAR(estimated * images, 1, 0.15) << name << ": variance of the mean of 24 images";
    EXPECT_NEAR(squares * images, 1, 0.25) << name;
  }
}

TEST(StandardError, OfDisjointFoldsIsTheirDeviationOverTheRootOfTheirNumber) {
  const std::vector<double> scores{1, 2, 3, 6};
  EXPECT_DOUBLE_EQ(mean_and_error(scores, 4).standard_error, std::sqrt(14.0 / 3 / 4));
  EXPECT_TRUE(std::isnan(mean_and_error(scores, 1).standard_error)) << "all of the same images";
}

TEST(StandardError, OfImagesCountsEachOnce) {
  const Metrics fold{.data_loss = 1, .data_loss_error = 0.2, .values = {{"accuracy", 0.5, 0.1}}};
  const std::vector<Metrics> four(4, fold);
  EXPECT_DOUBLE_EQ(mean_of(four, 4).data_loss_error, 0.1);
  EXPECT_DOUBLE_EQ(mean_of(four, 2).data_loss_error, 0.2 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(mean_of(four, 1).data_loss_error, 0.2);
  EXPECT_DOUBLE_EQ(mean_of(four, 1).values[0].standard_error, 0.1);
}

// The error of leave-one-out is known, though no fold has one of its own.
TEST(StandardError, OfFoldsOfOneImageIsThatOfTheirValues) {
  std::vector<Metrics> folds;
  folds.reserve(4);
  for (const double loss : {1.0, 2.0, 3.0, 6.0}) {
    folds.push_back(
        {.data_loss = loss, .images = 1, .values = {{"accuracy", loss > 2 ? 1.0 : 0.0}}});
  }
  const Metrics mean = mean_of(folds, 4);
  EXPECT_DOUBLE_EQ(mean.data_loss_error, std::sqrt(14.0 / 3 / 4));
  EXPECT_DOUBLE_EQ(mean.values[0].standard_error, std::sqrt(1.0 / 3 / 4));
}

}  // namespace
}  // namespace ridgeline::selection
