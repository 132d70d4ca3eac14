#include <algorithm>
#include <numeric>

#include "data/loader.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::small_model;
using test::small_network;
using test::small_options;

std::string usage_error(Model& model, const Dataset& data, const FitOptions& options) {
  return message_of<UsageError>([&] { model.fit(data, options); });
}

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

TEST(Fit, FullBatchDescentEqualsOneBigBatch) {
  const Dataset data = pictures(50);
  ModelOptions options = small_options();
  options.optimizer = gd({.learning_rate = 0.1, .momentum = 0.9});
  Model parts(small_network(), options);
  const History history = parts.fit(data, {.epochs = 4, .batch = 8});
  options.optimizer = sgd({.learning_rate = 0.1, .momentum = 0.9});
  Model whole(small_network(), options);
  const History expected = whole.fit(data, {.epochs = 4, .batch = 50});
  const auto a = all_weights(parts), b = all_weights(whole);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5);
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(history.epochs[e].train.data_loss, expected.epochs[e].train.data_loss, 1e-5);
    EXPECT_NEAR(history.epochs[e].train.penalty, expected.epochs[e].train.penalty, 1e-6);
    EXPECT_EQ(history.epochs[e].train.images, 50);
  }
}

TEST(Fit, FullBatchDescentWithClassWeightsEqualsOneBigBatch) {
  const Dataset data = pictures(20);
  for (const std::vector<std::string>& augment : {std::vector<std::string>{}, {"mixup:0.5"}}) {
    ModelOptions options = small_options();
    options.loss = cross_entropy({.class_weights = {1, 0.25, 3}});
    options.optimizer = gd({.learning_rate = 0.1});
    Model parts(small_network(), options);
    const History history = parts.fit(data, {.epochs = 2, .batch = 7, .augment = augment});
    options.optimizer = sgd({.learning_rate = 0.1});
    Model whole(small_network(), options);
    const History expected = whole.fit(data, {.epochs = 2, .batch = 20, .augment = augment});
    const auto a = all_weights(parts), b = all_weights(whole);
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5);
    EXPECT_NEAR(history.epochs[1].train.data_loss, expected.epochs[1].train.data_loss, 1e-5);
  }
}

// What the loader gives is what is learnt from: data loss and accuracy of the first step by hand.
TEST(Fit, MixedImagesAreLearntFromWithMixedTargets) {
  const auto check = [](const Dataset& data, const Layer& last, const LossPtr& loss,
                        const auto& by_hand) {
    const std::vector<std::string> augment{"flip", "mixup:1", "cutmix:1"};
    ModelOptions options = small_options();
    options.loss = loss;
    Model model(Network{conv2d({.filters = 4, .activation = "relu"}), flatten(), last}, options);
    data::Loader loader(data, {.batch = 60, .augment = data::parse_augmentations(augment)});
    loader.start(0);
    const data::Batch& batch = *loader.next();
    const std::vector<float> values = model.predict(batch.inputs);
    const auto all = batch.targets.at(probabilities_tensor).values<float>();
    std::vector<float> soft(all.begin(), all.end());
    double sum = 0;
    int correct = 0;
    const std::size_t k = values.size() / 60;
    if (k == 1) {  // the second class's share
      for (std::size_t i = 0; i < 60; ++i) soft[i] = all[2 * i + 1];
      soft.resize(60);
    }
    ASSERT_EQ(soft.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) sum += by_hand(values[i], soft[i]);
    for (std::size_t i = 0; i < 60; ++i) {
      const auto said = values.begin() + static_cast<std::ptrdiff_t>(i * k);
      const auto wanted = soft.begin() + static_cast<std::ptrdiff_t>(i * k);
      const auto largest = [&](auto begin) {
        return k == 1 ? std::ptrdiff_t{*begin > 0.5F}
                      : std::max_element(begin, begin + static_cast<std::ptrdiff_t>(k)) - begin;
      };
      correct += largest(said) == largest(wanted);
    }
    const History history = model.fit(data, {.epochs = 1, .batch = 60, .augment = augment});
    EXPECT_NEAR(history.epochs[0].train.data_loss, sum / 60, 1e-5);
    EXPECT_NEAR(history.epochs[0].train.value("accuracy"), correct / 60.0, 1e-9);
  };
  const auto square = [](double p, double t) { return (p - t) * (p - t) / 3; };
  const auto entropy = [](double p, double t) { return -t * std::log(p); };
  const auto binary = [](double p, double t) {
    return -t * std::log(p) - (1 - t) * std::log(1 - p);
  };
  const Layer softmax = dense({.units = 3, .activation = "softmax"});
  const Layer sigmoid = dense({.units = 1, .activation = "sigmoid"});
  check(pictures(60), softmax, mean_squared_error(), square);
  check(pictures(60), softmax, cross_entropy(), entropy);
  const test::Pictures p(60);
  std::vector<std::int32_t> two;
  for (const std::int32_t label : p.labels) two.push_back(label == 2);
  const Shape shape{1, test::side, test::side};
  check(from_memory(p.pixels, shape, ImageLayout::nchw, two, {"no", "yes"}), sigmoid,
        binary_cross_entropy(), binary);
}

// One step an epoch, so that the training numbers are those of the weights before it.
TEST(Fit, ActivityPenaltiesArePartOfThePenaltyAlone) {
  const Dataset data = pictures(30), validation = pictures(12, 1);
  ModelOptions options = small_options();
  options.loss = mean_squared_error();
  const auto body = [](double l2, double l1) {
    return Network{flatten(), dense({.units = 3}), activity_regularization({.l2 = l2, .l1 = l1})};
  };
  Model model(body(0.1, 0.02), options), without(body(0, 0), options);
  const auto by_hand = [&](const Dataset& images) {
    double sum = 0;
    for (const float a : model.predict(images)) sum += 0.05 * a * a + 0.02 * std::abs(a);
    return sum / static_cast<double>(images.size());
  };
  const Metrics plain = without.evaluate(data), before = model.evaluate(data);
  EXPECT_NEAR(before.penalty - plain.penalty, by_hand(data), 1e-6);
  EXPECT_GT(by_hand(data), 1e-3);
  EXPECT_EQ(before.data_loss, plain.data_loss);
  EXPECT_EQ(before.objective, before.data_loss + before.penalty);
  const History history =
      model.fit(data, {.epochs = 1, .batch = 30, .validation_data = validation});
  EXPECT_NEAR(history.epochs[0].train.penalty, before.penalty, 1e-6);
  EXPECT_NEAR(history.epochs[0].train.data_loss, before.data_loss, 1e-6);
  double of_weights = 0;
  for (const float w : model.weights("dense_1.kernel")) of_weights += 0.5e-3 * w * w;
  EXPECT_NEAR(history.epochs[0].validation->penalty, of_weights + by_hand(validation), 1e-6);
}

TEST(Fit, ActivityPenaltiesAreMeansOverAllImagesOfFullBatchDescent) {
  const Dataset data = pictures(20);
  const Network network{conv2d({.filters = 4, .activation = "relu"}),
                        activity_regularization({.l2 = 0.05, .l1 = 0.01}), flatten(),
                        dense({.units = 3, .activation = "softmax"})};
  ModelOptions options = small_options();
  options.loss = cross_entropy({.class_weights = {1, 0.25, 3}});
  options.optimizer = gd({.learning_rate = 0.1});
  Model parts(network, options);
  const History history = parts.fit(data, {.epochs = 2, .batch = 7});
  options.optimizer = sgd({.learning_rate = 0.1});
  Model whole(network, options);
  const History expected = whole.fit(data, {.epochs = 2, .batch = 20});
  const auto a = all_weights(parts), b = all_weights(whole);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5);
  for (std::size_t e = 0; e < 2; ++e) {
    EXPECT_NEAR(history.epochs[e].train.penalty, expected.epochs[e].train.penalty, 1e-5);
    EXPECT_GT(history.epochs[e].train.penalty, 0.01);
  }
}

TEST(Fit, AnActivityPenaltyLowersTheActivity) {
  const Dataset data = pictures(60);
  const auto penalty_without_weights = [&](double l2) {
    ModelOptions options = small_options();
    options.regularize = {};
    options.regularize.l2 = 0;
    const auto body = [](double strength) {
      return Network{conv2d({.filters = 4, .activation = "relu"}),
                     activity_regularization({.l2 = strength}), flatten(),
                     dense({.units = 3, .activation = "softmax"})};
    };
    Model model(body(l2), options);
    model.fit(data, {.epochs = 5, .batch = 10});
    Model measured(body(1), options);
    for (const Parameter& p : model.layout().parameters) {
      measured.set_weights(p.name, model.weights(p.name));
    }
    return measured.evaluate(data).penalty;
  };
  EXPECT_LT(penalty_without_weights(0.1), 0.5 * penalty_without_weights(0));
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

TEST(Fit, FrozenParametersStayAndAreNotPenalised) {
  ModelOptions options = small_options();
  options.frozen = {"conv2d_1"};
  Model model(small_network(), options);
  const auto kernel = model.weights("conv2d_1.kernel");
  const auto dense = model.weights("dense_1.kernel");
  const History history = model.fit(pictures(40), {.epochs = 1, .batch = 40});
  EXPECT_TRUE(test::same(model.weights("conv2d_1.kernel"), kernel));
  EXPECT_FALSE(test::same(model.weights("dense_1.kernel"), dense));
  double squares = 0;
  for (const float w : dense) squares += static_cast<double>(w) * w;
  EXPECT_NEAR(history.epochs[0].train.penalty, 1e-3 / 2 * squares, 1e-9);
  EXPECT_NE(model.summary().find("frozen"), std::string::npos);
}

TEST(Fit, ValidationFractionIsHeldOut) {
  Model model = small_model();
  const History history = model.fit(pictures(60), {.epochs = 1, .batch = 10, .validation = 0.25});
  EXPECT_EQ(history.epochs[0].train.images, 45);
  EXPECT_EQ(history.epochs[0].validation->images, 15);
}

TEST(Fit, BestEpochIsRestored) {
  // Validation labels that are turned round: learning makes it worse from the first epoch on.
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

TEST(Fit, DivergenceSaysWhereAndWhatToTry) {
  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 2 * 8;  // two shards a step, six steps an epoch: the eighth step
  trap->result = std::numeric_limits<double>::quiet_NaN();
  ModelOptions options = small_options();
  options.loss = trap;
  Model model(small_network(), options);
  EXPECT_EQ(message_of<DivergedError>([&] { model.fit(pictures(60), {.epochs = 3, .batch = 10}); }),
            "training diverged in epoch 2, step 2 of 6: the data loss is nan at a learning rate of "
            "0.01; try a lower optimizer.learning_rate, or optimizer.clip_norm = 1");
}

TEST(Fit, AnAbsurdLearningRateDiverges) {
  ModelOptions options = small_options();
  options.loss = mean_squared_error();
  options.optimizer = sgd({.learning_rate = 1e30});
  Network network{flatten(), dense({.units = test::classes})};
  Model model(network, options);
  EXPECT_THROW(model.fit(pictures(60), {.epochs = 20, .batch = 10}), DivergedError);
}

TEST(Fit, WrongOptions) {
  Model model = small_model();
  const Dataset data = pictures(50);
  EXPECT_EQ(usage_error(model, data, {.batch = 64}),
            "train.batch is 64 but there are only 50 training images");
  EXPECT_EQ(usage_error(model, data, {.batch = 48, .validation = 0.1}),
            "train.batch is 48 but there are only 45 training images");
  EXPECT_EQ(usage_error(model, data, {.batch = 0}), "train.batch must be at least 1, not 0");
  EXPECT_EQ(usage_error(model, data, {.epochs = 0}), "train.epochs must be at least 1, not 0");
  EXPECT_EQ(usage_error(model, data, {.patience = -1}),
            "train.patience must not be negative, but is -1");
  EXPECT_EQ(usage_error(model, data, {.validation = 1}),
            "data.validation must be a fraction of at least 0 and below 1, not 1");
  EXPECT_THROW(model.fit(data, {.validation = std::nan("")}), UsageError);
  EXPECT_EQ(usage_error(model, data, {.validation = 0.1, .validation_data = data}),
            "there are validation images already: data.validation must then be 0, not 0.1");
  EXPECT_EQ(usage_error(model, data, {.patience = 3}),
            "train.patience needs validation images to measure val_data_loss: set data.validation");
  EXPECT_EQ(usage_error(model, data, {.resume = true}), "to resume, name the run's folder");
  EXPECT_EQ(usage_error(model, data, {.sampling = "weighted"}),
            "data.sampling is shuffle or balanced, not \"weighted\"");
  ModelOptions whole = test::small_options();
  whole.optimizer = gd();
  Model descent(test::small_network(), whole);
  EXPECT_EQ(usage_error(descent, data, {.sampling = "balanced"}),
            "data.sampling is \"balanced\", but an update of gd has every training image once: set "
            "loss.class_weights = \"balanced\" instead");
  EXPECT_THROW(model.fit(data, {.augment = {"blur"}}), UsageError);
  EXPECT_THROW(model.fit(data, {.monitor = "loss"}), UsageError);
}

TEST(Fit, WrongData) {
  Model model = small_model();
  EXPECT_EQ(usage_error(model, {}, {}), "there are no training images");
  EXPECT_EQ(usage_error(model, {}, {.validation = 0.5}), "there are no training images");
  const std::vector<float> pixels(2 * 4 * 4);
  const std::vector<std::int32_t> labels = {0, 1};
  EXPECT_EQ(usage_error(model, from_memory(pixels, {1, 4, 4}, ImageLayout::nchw, labels), {}),
            "the network takes images of 1x6x6, but the training images are 1x4x4");
  const test::Pictures p(6);
  const auto set = [&](std::vector<std::int32_t> l, std::vector<std::string> names) {
    return from_memory(p.pixels, {1, 6, 6}, ImageLayout::nchw, l, names);
  };
  EXPECT_EQ(usage_error(model, set({}, {}), {.batch = 2}), "the training images have no labels");
  EXPECT_EQ(
      usage_error(model, set({0, 1, 2, 3, 0, 1}, {}), {.batch = 2}),
      "the training images have 4 classes, but dense_1 gives 3 outputs: it must give 4, as dense "
      "with units = 4 does");
  EXPECT_EQ(
      usage_error(model, set({0, 1, 0, 1, 0, 1}, {}), {.batch = 2}),
      "the training images have 2 classes, but dense_1 gives 3 outputs: it must give 2, as dense "
      "with units = 2 does");
  EXPECT_EQ(usage_error(model, pictures(6), {.batch = 2, .validation_data = set({}, {})}),
            "the validation images have no labels");
}

}  // namespace
}  // namespace ridgeline
