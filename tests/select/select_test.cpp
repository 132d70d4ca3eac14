#include <fstream>

#include "select/keys.hpp"
#include "select/support.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::key;

const SearchSpace penalties{{key, {.values = {1e-3, 1e-1}}}};

class Select : public test::InFolder {
 protected:
  const Dataset train_ = ridgeline::test::pictures(120), test_ = ridgeline::test::pictures(60, 1);
  const FitOptions fit_{.epochs = 3, .batch = 16};
  SelectOptions options_{.over = penalties, .method = "grid", .folds = 3};
};

TEST_F(Select, LeavesTheModelRefittedOnEverything) {
  Model model = ridgeline::test::small_model();
  const Selection s = select(model, train_, fit_, options_, test_);
  ASSERT_EQ(s.trials.size(), 3u);
  EXPECT_EQ(s.trainings, 10);
  for (const Trial& t : s.trials) {
    EXPECT_EQ(t.status, "done");
    EXPECT_GT(t.standard_error, 0);
    EXPECT_EQ(t.validation->images, 120);
    EXPECT_NEAR(t.score, t.validation->data_loss, 1e-12);
  }
  ASSERT_EQ(s.chosen.size(), 1u);
  EXPECT_EQ(model.options().regularize.l2, Schedule(s.chosen.at(key)));

  ModelOptions options = ridgeline::test::small_options();
  options.regularize.l2 = s.chosen.at(key);
  Model straight(ridgeline::test::small_network(), options);
  ridgeline::test::expect_same(straight.fit(train_, fit_), *s.refit);
  EXPECT_TRUE(ridgeline::test::same(ridgeline::test::all_weights(model),
                                    ridgeline::test::all_weights(straight)));
  ridgeline::test::expect_same(*s.test, straight.evaluate(test_));
}

TEST_F(Select, SeveralAtATimeGiveTheSameBits) {
  const auto scores = [&](int jobs) {
    ModelOptions options = ridgeline::test::small_options();
    options.threads = 3;
    options.shards = 3;
    Model model(ridgeline::test::small_network(), options);
    options_.jobs = jobs;
    const Selection s = select(model, train_, fit_, options_, test_);
    std::vector<double> scores;
    for (const Trial& t : s.trials) scores.push_back(t.score);
    scores.push_back(s.test->data_loss);
    return scores;
  };
  EXPECT_EQ(scores(3), scores(1));
}

TEST_F(Select, AHoldOutScoresWithTheErrorOverItsImages) {
  Model model = ridgeline::test::small_model();
  options_.folds = 1;
  options_.holdout = 0.25;
  options_.metric = "val_accuracy";
  const Selection s = select(model, train_, fit_, options_);
  for (const Trial& t : s.trials) {
    EXPECT_EQ(t.validation->images, 30);
    EXPECT_EQ(t.score, t.validation->value("accuracy"));
    EXPECT_NEAR(t.standard_error, std::sqrt(t.score * (1 - t.score) / 29), 1e-9);
  }
  EXPECT_FALSE(s.test);
}

TEST_F(Select, AnyMetricCanBeTheScore) {
  Model model = ridgeline::test::small_model();
  options_.folds = 1;
  options_.holdout = 0.25;
  options_.metric = "val_ece";
  const Selection s = select(model, train_, fit_, options_);
  ASSERT_FALSE(s.chosen.empty());
  for (const Trial& t : s.trials) {
    EXPECT_EQ(t.score, t.validation->value("ece"));
    EXPECT_EQ(t.standard_error, t.validation->standard_error("ece"));
    EXPECT_GT(t.standard_error, 0);
  }
  options_.metric = "val_mae";
  EXPECT_THROW(select(model, train_, fit_, options_), UsageError);
}

TEST_F(Select, LabelsWithoutMeaningAreNotLearnable) {
  ridgeline::test::Pictures pictures(120);
  Random random(3, Purpose::test);
  shuffle(std::span(pictures.labels), random);
  const Dataset noise =
      from_memory(pictures.pixels, {1, ridgeline::test::side, ridgeline::test::side},
                  ImageLayout::nchw, pictures.labels, {"a", "b", "c"});
  Model model = ridgeline::test::small_model();
  const auto before = ridgeline::test::all_weights(model);
  const Selection s = select(model, noise, fit_, options_, test_);
  EXPECT_TRUE(s.chosen.empty());
  EXPECT_FALSE(s.test);
  EXPECT_NEAR(s.guess->data_loss, std::log(3.0), 1e-5);
  EXPECT_TRUE(ridgeline::test::same(before, ridgeline::test::all_weights(model)));
}

TEST_F(Select, TrialsThatDivergeAreNotChosen) {
  Model model = ridgeline::test::small_model();
  options_.over = {{"optimizer.learning_rate", {.values = {0.01, 1e30}}}};
  const Selection s = select(model, train_, fit_, options_);
  EXPECT_EQ(s.trials[1].status, "diverged");
  EXPECT_EQ(s.chosen.at("optimizer.learning_rate"), 0.01);
}

TEST_F(Select, ABatchLargerThanAFoldIsRefusedBeforeAnyTraining) {
  Model model = ridgeline::test::small_model();
  options_.over = {{"train.batch", {.values = {16, 81}}}};
  options_.on_progress = [](const SelectProgress&) { ADD_FAILURE() << "something was trained"; };
  expect_error<UsageError>([&] { select(model, train_, fit_, options_); },
                           "only 80 training images");
}

TEST_F(Select, WholeNumbersAreChosenAsSuch) {
  Model model = ridgeline::test::small_model();
  options_.over = {{"train.epochs", {.min = 1, .max = 2, .log = false}}};
  options_.rule = "best";
  const Selection s = select(model, train_, fit_, options_);
  ASSERT_EQ(s.trials.size(), 2u);
  EXPECT_EQ(s.trials[1].epochs, 2);
  EXPECT_EQ(static_cast<double>(s.refit->epochs.size()), s.chosen.at("train.epochs"));
}

TEST_F(Select, TheStudysRunsAreRuns) {
  Model model = ridgeline::test::small_model();
  options_.study = folder_;
  select(model, train_, fit_, options_, test_);
  for (const char* run : {"trials/1/fold-1", "trials/3/fold-3", "refit"}) {
    for (const char* file : {"history.csv", "model.safetensors"}) {
      EXPECT_TRUE(fs::exists(folder_ / run / file)) << run << "/" << file;
    }
    // A finished fold is never continued.
    EXPECT_EQ(fs::exists(folder_ / run / "checkpoint.safetensors"), run == std::string("refit"));
  }
  EXPECT_TRUE(ridgeline::test::same(
      ridgeline::test::all_weights(Model::load(folder_ / "refit/model.safetensors")),
      ridgeline::test::all_weights(model)));
}

// The result has the same bits, however often and wherever it is stopped.
TEST_F(Select, StoppedAndGoneOnWithItEndsTheSame) {
  Model straight = ridgeline::test::small_model();
  const Selection expected = select(straight, train_, fit_, options_, test_);

  options_.study = folder_;
  Selection s;
  int calls = 0;
  for (bool ended = false; !ended; ++calls) {
    ASSERT_LT(calls, 200);
    Model model = ridgeline::test::small_model();
    std::atomic<bool> stop = false;
    FitOptions fit = fit_;
    fit.stop = &stop;
    int epochs = 0;
    options_.on_progress = [&](const SelectProgress& p) {
      // Stopped by the flag, or by a failure in the middle.
      if (p.epoch != nullptr && ++epochs == 2 + calls % 3) {
        if (calls % 2 == 0) throw ResourceError("the disk is full");
        stop = true;
      }
    };
    try {
      s = select(model, train_, fit, options_, test_);
      ended = !s.interrupted;
      if (ended) {
        EXPECT_TRUE(ridgeline::test::same(ridgeline::test::all_weights(model),
                                          ridgeline::test::all_weights(straight)));
      }
    } catch (const ResourceError&) {
    }
  }
  EXPECT_GT(calls, 5);
  EXPECT_EQ(s.chosen, expected.chosen);
  ASSERT_EQ(s.trials.size(), expected.trials.size());
  for (std::size_t t = 0; t < s.trials.size(); ++t) {
    EXPECT_EQ(s.trials[t].score, expected.trials[t].score);
    EXPECT_EQ(s.trials[t].standard_error, expected.trials[t].standard_error);
  }
  ridgeline::test::expect_same(*s.test, *expected.test);
}

TEST_F(Select, AStudyOfOtherDataOrAnotherTrainingIsRefused) {
  Model model = ridgeline::test::small_model();
  options_.study = folder_;
  select(model, train_, fit_, options_);
  const auto refused = [&](const Dataset& data, const FitOptions& fit, const std::string& part) {
    Model again = ridgeline::test::small_model();
    expect_error<UsageError>([&] { select(again, data, fit, options_); }, part);
  };
  refused(train_.take(119), fit_, "training images = 120");
  refused(train_, {.epochs = 4, .batch = 16}, "train.epochs = 3, not 4");
  refused(train_, {.epochs = 3, .batch = 8}, "train.batch = 16, not 8");
  ModelOptions other = ridgeline::test::small_options();
  other.regularize.l2 = 0.5;  // is searched, so it does not matter
  Model same(ridgeline::test::small_network(), other);
  EXPECT_EQ(select(same, train_, fit_, options_).trainings, 10);
}

TEST_F(Select, FrozenParametersStayAsTheyAre) {
  ModelOptions options = ridgeline::test::small_options();
  options.frozen = {"conv2d_1"};
  Model model(ridgeline::test::small_network(), options);
  const auto count = model.weights("conv2d_1.kernel").size();
  model.set_weights("conv2d_1.kernel", std::vector<float>(count, 0.25f));
  select(model, train_, fit_, options_);
  EXPECT_EQ(model.weights("conv2d_1.kernel"), std::vector<float>(count, 0.25f));
}

// With a learning rate of 0, every trial has the score of the initial weights.
TEST_F(Select, EveryTrainingBeginsWithTheWeightsOfTheFile) {
  ModelOptions options = ridgeline::test::small_options();
  options.optimizer = sgd({.learning_rate = 0});
  Model trained = ridgeline::test::small_model();
  trained.fit(train_, fit_);
  const ridgeline::test::Folder folder;
  trained.save(folder / "trained");

  Model model(ridgeline::test::small_network(), options);
  model.load_weights(folder / "trained");
  const Selection s = select(model, train_, fit_, options_);
  const double loss = trained.evaluate(train_).data_loss;
  for (const Trial& t : s.trials) EXPECT_NEAR(t.score, loss, 1e-6);
  EXPECT_EQ(s.trials.size(), 3u);
}

TEST_F(Select, AStudyKnowsTheWeightsThatItBeganWith) {
  Model other = ridgeline::test::small_model();
  const ridgeline::test::Folder folder;
  other.save(folder / "weights");
  options_.study = folder / "study";
  const auto again = [&](const std::string& name) {
    Model model = ridgeline::test::small_model();
    model.load_weights(folder / name);
    return select(model, train_, fit_, options_);
  };
  const Selection first = again("weights");
  options_.resume = true;
  fs::rename(folder / "weights", folder / "moved");
  EXPECT_EQ(again("moved").chosen, first.chosen);
  other.fit(train_, fit_);
  other.save(folder / "moved");
  expect_error<UsageError>([&] { again("moved"); }, "was begun with model.weights = ");
}

TEST_F(Select, APartOfTheNetworkMustBeTrained) {
  ModelOptions frozen = ridgeline::test::small_model().options();
  frozen.frozen = {"conv*"};
  Model model(ridgeline::test::small_model().network(), frozen);
  options_.over = {{"regularize.l2@conv*", {.values = {1e-3}}}};
  options_.study = folder_;
  expect_error<UsageError>([&] { select(model, train_, fit_, options_); },
                           "which matches none of the trained parameters: these are dense_1");
  EXPECT_FALSE(fs::exists(folder_)) << "before there is a study";
}

TEST_F(Select, RefusesWhatDoesNotFit) {
  Model model = ridgeline::test::small_model();
  const auto refused = [&](auto change, const std::string& part) {
    FitOptions fit = fit_;
    SelectOptions options = options_;
    change(fit, options);
    expect_error<UsageError>([&] { select(model, train_, fit, options); }, part);
  };
  refused([](auto&, auto& o) { o.over = log_range("regularize.l3", 1, 2); },
          "did you mean 'regularize.l");
  refused([](auto&, auto& o) { o.over = {{key, {.values = {-1}}}}; }, "at least 0");
  refused([](auto&, auto& o) { o.over = log_range("regularize.l2@nothing*", 1e-6, 1e-1); },
          "select.over names regularize.l2@nothing*, which matches none of the trained parameters: "
          "these are conv2d_1.kernel, conv2d_1.bias, ");
  refused([](auto&, auto& o) { o.folds = 121; }, "folds");
  refused([](auto&, auto& o) { o.folds = 1, o.holdout = 0; }, "");
  refused([&](auto& f, auto&) { f.run = "somewhere"; }, "FitOptions::run");
  refused([](auto& f, auto&) { f.epochs = 0; }, "train.epochs");
  refused(
      [](auto&, auto& o) {
        o.over = {{"train.epochs", {.values = {1.5, 2.5}}}};
      },
      "select.over: train.epochs must be a whole number, not 1.5");
  refused([](auto&, auto& o) { o.over = log_range("train.batch", 8, 16.5); },
          "train.batch must be a whole number, not 16.5");
  refused([](auto&, auto& o) { o.metric = "val_penalty"; }, "not how good the predictions");
  refused([](auto&, auto& o) { o.trials = 1'000'000'000; }, "select.trials must be at most 100000");
}

TEST(Keys, AreSetAndRounded) {
  ModelOptions model;
  FitOptions fit;
  EXPECT_EQ(set_key("train.batch", 31.6, model, fit), 32);
  EXPECT_EQ(fit.batch, 32);
  model.optimizer.learning_rate.kind = "cosine";
  EXPECT_EQ(set_key("optimizer.learning_rate", 0.25, model, fit), 0.25);
  EXPECT_EQ(model.optimizer.learning_rate.value, 0.25);
  EXPECT_EQ(model.optimizer.learning_rate.kind, "cosine");
  for (const char* name : {"regularize.l2", "regularize.l1", "regularize.decay",
                           "regularize.group_lasso", "regularize.max_norm"}) {
    EXPECT_EQ(set_key(name, 0, model, fit), 0);
    expect_error<UsageError>([&] { set_key(name, -1e-9, model, fit); }, "at least 0");
    expect_error<UsageError>([&] { set_key(name, NAN, model, fit); }, "at least 0");
  }
  model.regularize.l1.kind = "linear";
  EXPECT_EQ(set_key("regularize.l1", 0.5, model, fit), 0.5);
  EXPECT_EQ(model.regularize.l1.value, 0.5);
  EXPECT_EQ(model.regularize.l1.kind, "linear") << "a schedule keeps its form";
  expect_error<UsageError>([&] { set_key("regularize.group_laso", 0, model, fit); },
                           "did you mean 'regularize.group_lasso'");
  expect_error<UsageError>([&] { set_key("train.epochs", 0.2, model, fit); }, "at least 1");
  expect_error<UsageError>([&] { set_key("train.epochs", 1e12, model, fit); }, "at most");
  expect_error<UsageError>([&] { set_key("train.epoch", 1, model, fit); },
                           "did you mean 'train.epochs'");
}

}  // namespace
}  // namespace ridgeline::selection
