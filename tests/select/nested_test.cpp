// Nested cross-validation, and selections on repeated, left-out and own splits.
#include <set>

#include "data/wrapper.hpp"
#include "select/database.hpp"
#include "select/support.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

namespace fs = std::filesystem;
using ridgeline::test::pictures;
using ridgeline::test::small_model;
using test::expect_error;
using test::key;

class NestedSelect : public test::InFolder {
 protected:
  Selection run(const FitOptions& fit) {
    Model model = small_model();
    return select(model, train_, fit, options_, test_);
  }
  Selection run() { return run(fit_); }
  std::string query(const std::string& sql, const fs::path& study) const {
    Database database(study / "study.sqlite");
    Statement row = database.prepare(sql);
    std::string text;
    while (row.next()) text += row.text(0) + "\n";
    return text;
  }

  const Dataset train_ = pictures(120), test_ = pictures(60, 1);
  const FitOptions fit_{.epochs = 3, .batch = 16};
  SelectOptions options_{
      .over = {{key, {.values = {1e-3, 1e-1}}}}, .method = "grid", .folds = 2, .outer_folds = 3};
};

TEST_F(NestedSelect, MeasuresTheWholeSelectionOnImagesThatItDidNotSee) {
  const Selection nested = run();
  ASSERT_TRUE(nested.nested);
  ASSERT_EQ(nested.nested->folds.size(), 3U);

  options_.outer_folds = 0;
  const std::vector<Split> outer = stratified_folds(train_, 3, options_.seed);
  double mean = 0;
  int trainings = 0;
  for (std::size_t f = 0; f < 3; ++f) {
    Model model = small_model();
    const Selection alone = select(model, outer[f].train, fit_, options_, outer[f].validation);
    const OuterFold& fold = nested.nested->folds[f];
    EXPECT_EQ(fold.chosen, alone.chosen);
    EXPECT_EQ(fold.score, alone.test->data_loss);
    EXPECT_EQ(fold.standard_error, alone.test->data_loss_error);
    EXPECT_EQ(fold.images, 40);
    mean += fold.score / 3;
    trainings += alone.trainings;
  }
  EXPECT_NEAR(nested.nested->score, mean, 1e-12);
  EXPECT_GT(nested.nested->standard_error, 0);

  const Selection plain = run();
  EXPECT_FALSE(plain.nested);
  EXPECT_EQ(nested.chosen, plain.chosen);
  EXPECT_EQ(nested.test->data_loss, plain.test->data_loss);
  EXPECT_EQ(nested.trainings, plain.trainings + trainings);
}

TEST_F(NestedSelect, ItsScoreIsTheMetricOfTheSelection) {
  options_.metric = "val_ece";
  options_.rule = "best";
  const Selection s = run();
  for (const OuterFold& fold : s.nested->folds) {
    EXPECT_GT(fold.score, 0);
    EXPECT_LT(fold.score, 1);
    EXPECT_GT(fold.standard_error, 0);
  }
  EXPECT_NE(s.test->find("ece"), nullptr) << "the test set is measured by it, too";
}

TEST_F(NestedSelect, HasAStudyForEachOuterFold) {
  options_.study = folder_;
  const Selection first = run();
  for (const char* fold : {"1", "2", "3"}) {
    EXPECT_TRUE(fs::exists(folder_ / "outer" / fold / "study.sqlite"));
    EXPECT_TRUE(fs::exists(folder_ / "outer" / fold / "refit/model.safetensors"));
  }
  EXPECT_EQ(query("SELECT count(*) FROM outer_folds WHERE images = 40", folder_), "3\n");
  int epochs = 0;
  options_.on_progress = [&](const SelectProgress& p) { epochs += p.epoch != nullptr ? 1 : 0; };
  const Selection again = run();
  EXPECT_EQ(epochs, 0) << "nothing is trained twice";
  EXPECT_EQ(again.nested->score, first.nested->score);
  EXPECT_EQ(again.chosen, first.chosen);
  EXPECT_EQ(again.trainings, first.trainings);
}

TEST_F(NestedSelect, AStudyCanGetItsEstimateLater) {
  const Selection whole = run();
  options_.study = folder_;
  options_.outer_folds = 0;
  run();
  options_.outer_folds = 3;
  const Selection later = run();
  EXPECT_EQ(later.nested->score, whole.nested->score);
  EXPECT_EQ(later.chosen, whole.chosen);
  // Other outer folds would be another estimate in the same place.
  options_.outer_folds = 4;
  expect_error<UsageError>([&] { run(); }, "begun with select.outer_folds = 3, not 4");
}

// The result has the same bits, however often and wherever it is stopped.
TEST_F(NestedSelect, StoppedAndContinuedItEndsTheSame) {
  const Selection expected = run();
  options_.study = folder_;
  Selection s;
  int calls = 0;
  for (bool ended = false; !ended; ++calls) {
    ASSERT_LT(calls, 300);
    std::atomic<bool> stop = false;
    FitOptions fit = fit_;
    fit.stop = &stop;
    int epochs = 0;
    options_.on_progress = [&](const SelectProgress& p) {
      if (p.epoch == nullptr || ++epochs != 3 + calls % 3) return;
      if (calls % 2 == 0) throw ResourceError("the disk is full");
      stop = true;
    };
    try {
      s = run(fit);
      ended = !s.interrupted;
    } catch (const ResourceError&) {
    }
  }
  EXPECT_GT(calls, 10);
  EXPECT_EQ(s.chosen, expected.chosen);
  EXPECT_EQ(s.test->data_loss, expected.test->data_loss);
  ASSERT_EQ(s.nested->folds.size(), expected.nested->folds.size());
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(s.nested->folds[f].score, expected.nested->folds[f].score);
    EXPECT_EQ(s.nested->folds[f].chosen, expected.nested->folds[f].chosen);
  }
}

TEST_F(NestedSelect, TellsOfOuterFoldsAndGoesOn) {
  std::set<int> begun;
  std::vector<const OuterFold*> ended;
  double done = 0;
  int plans = 0;
  options_.on_plan = [&](const SelectPlan& plan) {
    ++plans;
    EXPECT_EQ(plan.outer_folds, 3);
    EXPECT_EQ(plan.trainings, 4 * 7);
    EXPECT_NEAR(plan.images, 3 * (3 * 2 * 60 + 120) * 3, 1e-6) << "two thirds of them, three times";
  };
  options_.on_progress = [&](const SelectProgress& p) {
    begun.insert(p.outer);
    EXPECT_EQ(p.outer_folds, 3);
    EXPECT_GE(p.done, done - 1e-9);
    EXPECT_LE(p.done, 1);
    done = p.done;
    if (p.outer_ended) ended.push_back(p.outer_ended);
  };
  run();
  EXPECT_EQ(plans, 1);
  EXPECT_EQ(begun, (std::set<int>{0, 1, 2, 3}));
  EXPECT_EQ(ended.size(), 3U);
  EXPECT_GT(done, 0.9);
}

TEST_F(NestedSelect, WithoutAChoiceInAFoldThereIsNoEstimate) {
  ridgeline::test::Pictures noise(120);
  Random random(3, Purpose::test);
  shuffle(std::span(noise.labels), random);
  const Dataset images =
      from_memory(noise.pixels, {1, ridgeline::test::side, ridgeline::test::side},
                  ImageLayout::nchw, noise.labels, {"a", "b", "c"});
  Model model = small_model();
  const Selection s = select(model, images, fit_, options_, test_);
  EXPECT_TRUE(s.chosen.empty());
  ASSERT_TRUE(s.nested);
  EXPECT_TRUE(s.nested->folds[0].chosen.empty());
  EXPECT_TRUE(std::isnan(s.nested->folds[0].score));
  EXPECT_TRUE(std::isnan(s.nested->score));
  EXPECT_EQ(s.test_looks, 0);
}

TEST_F(NestedSelect, FoldsThatDoNotFitAreRefusedBeforeAnyTraining) {
  options_.study = folder_;
  options_.on_progress = [](const SelectProgress&) { ADD_FAILURE() << "something was trained"; };
  options_.folds = 100;
  expect_error<UsageError>([&] { run(); },
                           "outer fold 1 of 3: 100 folds of 80 images: a fold would be empty");
  options_.folds = 2;
  options_.outer_folds = 121;
  expect_error<UsageError>([&] { run(); }, "121 folds of 120 images");
  options_.outer_folds = 2;
  FitOptions fit = fit_;
  fit.batch = 40;
  expect_error<UsageError>([&] { run(fit); },
                           "outer fold 1 of 2: train.batch is 40, but a fold leaves only 30");
  EXPECT_FALSE(fs::exists(folder_ / "study.sqlite"));
}

TEST_F(NestedSelect, OwnSplitsDivideEachPart) {
  options_.splits = [](const Dataset& images) {
    return std::vector<Split>{stratified_split(images, 0.25, 9)};
  };
  const Selection s = run();
  EXPECT_EQ(s.nested->folds.size(), 3U);
  EXPECT_EQ(s.trials[0].validation->images, 30);
  options_.splits = [parts = std::vector<Split>{stratified_split(train_, 0.25, 9)}](
                        const Dataset&) { return parts; };
  expect_error<UsageError>([&] { run(); }, "outer fold 1 of 3: fold 1 is not valid: image");
  options_.outer_folds = 0;
  EXPECT_EQ(run().trials[0].validation->images, 30);
}

TEST_F(NestedSelect, RepeatsAreFoldsOfTheStudy) {
  options_.outer_folds = 0;
  options_.repeats = 3;
  options_.study = folder_;
  const Selection s = run();
  EXPECT_EQ(s.trainings, 3 * 6 + 1);
  EXPECT_TRUE(fs::exists(folder_ / "trials/2/fold-6/model.safetensors"));
  for (const Trial& trial : s.trials) {
    std::vector<double> scores;
    scores.reserve(6);
    for (const char* fold : {"1", "2", "3", "4", "5", "6"}) {
      scores.push_back(std::stod(query("SELECT score FROM folds WHERE trial = " +
                                           std::to_string(trial.number) + " AND fold = " + fold,
                                       folder_)));
    }
    double mean = 0, squares = 0;
    for (const double score : scores) mean += score / 6;
    for (const double score : scores) squares += (score - mean) * (score - mean);
    EXPECT_NEAR(trial.score, mean, 1e-9);
    EXPECT_NEAR(trial.standard_error, std::sqrt(squares / 6), 1e-9) << "as of two folds";
  }
  const auto refused = [&](auto change, const std::string& part) {
    SelectOptions saved = options_;
    change(options_);
    expect_error<UsageError>([&] { run(); }, part);
    options_ = std::move(saved);
  };
  refused([](SelectOptions& o) { o.repeats = 2; }, "select.repeats = 3, not 2");
  refused([](SelectOptions& o) { o.folds = 3; }, "select.folds = 2, not 3");
  refused(
      [&](SelectOptions& o) {
        o.repeats = 1;
        o.splits = [](const Dataset& images) { return stratified_folds(images, 6, 1); };
      },
      "select.split = stratified, not lists");
}

TEST_F(NestedSelect, AStudyOfOtherOwnSplitsIsRefused) {
  options_.outer_folds = 0;
  options_.study = folder_;
  std::uint64_t seed = 1;
  options_.splits = [&](const Dataset& images) { return stratified_folds(images, 2, seed); };
  run();
  EXPECT_EQ(run().trials.size(), 3U);
  seed = 2;
  expect_error<UsageError>([&] { run(); }, "begun with the images of the folds = ");
}

TEST_F(NestedSelect, TestImagesThatAreTrainingImagesAreRefused) {
  options_.outer_folds = 0;
  Model model = small_model();
  const std::vector<std::size_t> some{3, 70};
  expect_error<UsageError>([&] { select(model, train_, fit_, options_, train_.subset(some)); },
                           "image 3 is a test image and a training image");
  EXPECT_NO_THROW(select(model, train_.take(60), fit_, options_,
                         train_.subset(std::vector<std::size_t>{60, 61, 62})));
}

}  // namespace
}  // namespace ridgeline::selection
