// The training loop.

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::pictures;
using test::small_model;
using test::small_network;
using test::small_options;

TEST(Fit, LearnsWithEveryOptimizer) {
  const Dataset data = pictures(120);
  for (const auto& setting : {nadam({.learning_rate = 0.01}), radam({.learning_rate = 0.02}),
                              rmsprop({.learning_rate = 0.01}), adagrad({.learning_rate = 0.1}),
                              lamb({.learning_rate = 0.05}), lars(), lion({.learning_rate = 3e-3}),
                              muon({.learning_rate = 0.02}), lbfgs({.learning_rate = 0.5}),
                              lookahead(adam({.learning_rate = 0.02}))}) {
    SCOPED_TRACE(setting.optimizer->kind());
    ModelOptions options = test::small_options();
    options.optimizer = setting;
    Model model(test::small_network(), options);
    model.fit(data, {.epochs = setting.full_batch ? 60 : 15, .batch = 10});
    EXPECT_GT(model.evaluate(data).value("accuracy"), 0.9);
  }
}

TEST(Fit, LearnsASmallTask) {
  Model model = small_model();
  const History history = model.fit(pictures(120), {.epochs = 15, .batch = 16});
  EXPECT_LT(history.epochs.back().train.data_loss, history.epochs.front().train.data_loss / 2);
  EXPECT_GT(model.evaluate(pictures(60, 1)).value("accuracy"), 0.9);
}

TEST(Fit, SameSeedSameBitsOnAnyNumberOfThreads) {
  std::vector<float> weights;
  for (const int threads : {1, 2, 3}) {
    ModelOptions options = small_options();
    options.threads = threads;
    Model model(test::rich_network(), options);
    model.fit(pictures(50), {.epochs = 2, .batch = 16, .validation = 0.2, .augment = {"flip"}});
    if (weights.empty()) weights = all_weights(model);
    EXPECT_TRUE(test::same(all_weights(model), weights)) << threads;
  }
  ModelOptions options = small_options();
  options.seed = 2;
  Model other(test::rich_network(), options);
  other.fit(pictures(50), {.epochs = 2, .batch = 16, .validation = 0.2, .augment = {"flip"}});
  EXPECT_FALSE(test::same(all_weights(other), weights));
}

// One step an epoch: the training numbers are those of the weights before it.
TEST(Fit, TrainNumbersAreMeasuredBeforeTheUpdateAndValidationNumbersAfter) {
  const Dataset data = pictures(30), validation = pictures(12, 1);
  Model model = small_model();
  const Metrics before = model.evaluate(data);
  const History history =
      model.fit(data, {.epochs = 1, .batch = 30, .validation_data = validation});
  const Metrics& train = history.epochs[0].train;
  EXPECT_NEAR(train.data_loss, before.data_loss, 1e-6);
  EXPECT_NEAR(train.penalty, before.penalty, 1e-12);
  EXPECT_GT(train.penalty, 0);
  EXPECT_EQ(train.objective, train.data_loss + train.penalty);
  EXPECT_EQ(train.value("accuracy"), before.value("accuracy"));
  EXPECT_EQ(train.images, 30);
  test::expect_same(*history.epochs[0].validation, model.evaluate(validation));
  EXPECT_NE(history.epochs[0].validation->penalty, train.penalty);
}

// With a learning rate of zero every step sees the same weights, so that the image-weighted mean
// over steps of unequal size is the mean over all images.
TEST(Fit, TrainNumbersAreWeightedByImages) {
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = 0});
  Model model(small_network(), options);
  const Dataset data = pictures(50);
  const History history = model.fit(data, {.epochs = 1, .batch = 16});
  const Metrics metrics = model.evaluate(data);
  EXPECT_NEAR(history.epochs[0].train.data_loss, metrics.data_loss, 1e-6);
  EXPECT_NEAR(history.epochs[0].train.value("accuracy"), metrics.value("accuracy"), 1e-12);
  EXPECT_NEAR(history.epochs[0].train.penalty, metrics.penalty, 1e-12);
  EXPECT_EQ(history.epochs[0].train.images, 50);
}

TEST(Fit, SchedulesMoveWithinTheEpoch) {
  Schedule rate;
  rate.kind = "linear";
  rate.value = 0.4;
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = rate});
  options.regularize.l2 = rate;
  Model model(small_network(), options);
  const History history = model.fit(pictures(40), {.epochs = 2, .batch = 20});
  // Two steps an epoch: at 0, 0.5, 1 and 1.5 of 2 epochs.
  EXPECT_NEAR(history.epochs[0].learning_rate, 0.3, 1e-12);
  EXPECT_NEAR(history.epochs[1].learning_rate, 0.1, 1e-12);
  EXPECT_NEAR(history.epochs[0].l2, 0.3, 1e-12);
  EXPECT_NEAR(history.epochs[1].l2, 0.1, 1e-12);
}

TEST(Fit, CalledAgainItGoesOn) {
  const Dataset data = pictures(40);
  Model once = Model(test::rich_network(), small_options());
  Model twice = Model(test::rich_network(), small_options());
  once.fit(data, {.epochs = 3, .batch = 16});
  twice.fit(data, {.epochs = 1, .batch = 16});
  const History history = twice.fit(data, {.epochs = 2, .batch = 16});
  EXPECT_TRUE(test::same(all_weights(once), all_weights(twice)));
  EXPECT_EQ(history.epochs[0].epoch, 1);
}

TEST(Fit, ValidationFractionIsHeldOut) {
  Model model = small_model();
  const History history = model.fit(pictures(60), {.epochs = 1, .batch = 10, .validation = 0.25});
  EXPECT_EQ(history.epochs[0].train.images, 45);
  EXPECT_EQ(history.epochs[0].validation->images, 15);
}

TEST(Fit, BestEpochIsRestored) {
  // The validation labels are reversed, so learning makes it worse from the first epoch on.
  const test::Pictures p(30, 1);
  std::vector<std::int32_t> wrong;
  for (const auto label : p.labels) wrong.push_back((label + 1) % test::classes);
  const Dataset validation =
      from_memory(p.pixels, {1, test::side, test::side}, ImageLayout::nchw, wrong, {"a", "b", "c"});
  FitOptions options{.epochs = 6, .batch = 16, .validation_data = validation};
  Model model = small_model();
  const History history = model.fit(pictures(120), options);
  ASSERT_LT(history.best_epoch, 6);
  for (const Epoch& epoch : history.epochs) {
    EXPECT_GE(epoch.validation->data_loss, history.best().validation->data_loss);
  }
  test::expect_same(*history.best().validation, model.evaluate(validation));

  options.restore_best = false;
  Model last = small_model();
  last.fit(pictures(120), options);
  test::expect_same(*history.epochs.back().validation, last.evaluate(validation));

  options.patience = 2;
  Model patient = small_model();
  const History stopped = patient.fit(pictures(120), options);
  EXPECT_TRUE(stopped.stopped_early);
  EXPECT_EQ(static_cast<int>(stopped.epochs.size()), stopped.best_epoch + 2);
}

TEST(Fit, MonitorDecidesWhichEpochIsBest) {
  const Dataset data = pictures(90), validation = pictures(30, 1);
  Model model = small_model();
  const History history = model.fit(
      data,
      {.epochs = 5, .batch = 16, .validation_data = validation, .monitor = "train_objective"});
  for (const Epoch& epoch : history.epochs) {
    EXPECT_GE(epoch.train.objective, history.best().train.objective);
  }
  Model by_accuracy = small_model();
  const History other = by_accuracy.fit(
      data, {.epochs = 5, .batch = 16, .validation_data = validation, .monitor = "val_accuracy"});
  for (const Epoch& epoch : other.epochs) {
    EXPECT_LE(epoch.validation->value("accuracy"), other.best().validation->value("accuracy"));
  }
}

TEST(Fit, WithoutValidationTheLastEpochIsBest) {
  Model model = small_model();
  EXPECT_EQ(model.fit(pictures(30), {.epochs = 3, .batch = 10}).best_epoch, 3);
}

TEST(Fit, CallbacksAreToldAndMayStop) {
  Model model = small_model();
  int steps = 0, epochs = 0;
  FitOptions options{.epochs = 5, .batch = 10};
  options.callbacks.on_step = [&](const Progress& progress) {
    ++steps;
    EXPECT_EQ(progress.steps, 6);
    EXPECT_EQ(progress.epochs, 5);
    EXPECT_GE(progress.step, 1);
    EXPECT_EQ(progress.train.images, progress.step * 10);
    return true;
  };
  options.callbacks.on_epoch = [&](const Epoch& epoch) {
    EXPECT_EQ(epoch.epoch, ++epochs);
    return epochs < 2;
  };
  const History history = model.fit(pictures(60), options);
  EXPECT_GE(steps, 1);
  EXPECT_EQ(history.epochs.size(), 2u);
  EXPECT_TRUE(history.stopped_early);
  EXPECT_FALSE(history.interrupted);
  options.callbacks = {.on_step = [](const Progress&) { return false; }};
  const History interrupted = model.fit(pictures(60), options);
  EXPECT_TRUE(interrupted.interrupted);
  EXPECT_EQ(interrupted.epochs.size(), 0u);
}

}  // namespace
}  // namespace ridgeline
