// Trainings on shares of a fold, and trainings that pause.
#include "select/folds.hpp"

#include <set>

#include "select/splits.hpp"
#include "select/support.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

std::multiset<std::string> names(const Dataset& data) {
  std::multiset<std::string> names;
  for (std::size_t i = 0; i < data.size(); ++i) names.insert(data.name(i));
  return names;
}

TEST(Shares, ContainEachOtherAndKeepTheClasses) {
  const Dataset all = ridgeline::test::pictures(120);
  Dataset larger = all;
  for (const double share : {0.5, 0.25, 0.125}) {
    const Dataset part = share_of(all, share, 3);
    EXPECT_NEAR(static_cast<double>(part.size()), share * 120, 2);
    EXPECT_TRUE(std::ranges::includes(names(larger), names(part))) << share;
    std::vector<int> counts(static_cast<std::size_t>(all.classes()));
    for (std::size_t i = 0; i < part.size(); ++i) ++counts[static_cast<std::size_t>(part.label(i))];
    const auto [least, most] = std::ranges::minmax(counts);
    EXPECT_LE(most - least, 3) << share;
    larger = part;
  }
  EXPECT_EQ(share_of(all, 1, 3).size(), 120U);
  EXPECT_NE(names(share_of(all, 0.5, 3)), names(share_of(all, 0.5, 4))) << "another seed";
}

Fitting fitting(Model& model) {
  return [&model](const Dataset& train, const FitOptions& fit) { return model.fit(train, fit); };
}

class Pausing : public test::InFolder {};

TEST_F(Pausing, ATrainingThatPausesEndsWithTheSameNumbers) {
  const Dataset images = ridgeline::test::pictures(120);
  const std::vector<Split> parts = splits(images, {.folds = 3});
  const FitOptions fit{.epochs = 4, .batch = 16};
  const Assignment none;
  const auto train = [&](const std::filesystem::path& run, int until) {
    Model model = ridgeline::test::small_model();
    return train_fold(
        fitting(model), parts[0], fit,
        {.request = {{1, 1}, until}, .parameters = none, .run = run, .callbacks = {}});
  };
  const FoldResult whole = train(folder_ / "whole", 0);
  EXPECT_FALSE(whole.paused);
  ASSERT_EQ(whole.epochs.size(), 4U);
  for (const int until : {1, 3}) {
    const FoldResult paused = train(folder_ / "parts", until);
    EXPECT_TRUE(paused.paused);
    EXPECT_FALSE(paused.interrupted);
    ASSERT_EQ(paused.epochs.size(), static_cast<std::size_t>(until));
    // As after a kill, before the study knew of it.
    const FoldResult again = train(folder_ / "parts", until);
    EXPECT_TRUE(again.paused);
    EXPECT_EQ(again.epochs.size(), static_cast<std::size_t>(until));
  }
  const FoldResult last = train(folder_ / "parts", 0);
  EXPECT_FALSE(last.paused);
  ASSERT_EQ(last.epochs.size(), 4U);
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_EQ(last.epochs[e].train.data_loss, whole.epochs[e].train.data_loss);
    EXPECT_EQ(last.epochs[e].validation->data_loss, whole.epochs[e].validation->data_loss);
  }
}

TEST_F(Pausing, AStopFromOutsideIsNoPause) {
  const Dataset images = ridgeline::test::pictures(120);
  const std::vector<Split> parts = splits(images, {.folds = 3});
  const std::atomic<bool> stop = true;
  const FitOptions fit{.epochs = 4, .batch = 16, .stop = &stop};
  const Assignment none;
  Model model = ridgeline::test::small_model();
  const FoldResult result = train_fold(
      fitting(model), parts[0], fit,
      {.request = {{1, 1}, 2}, .parameters = none, .run = folder_ / "run", .callbacks = {}});
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.paused);
}

}  // namespace
}  // namespace ridgeline::selection
