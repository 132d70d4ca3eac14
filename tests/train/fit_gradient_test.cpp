// The gradient of a step: full batches, mixed targets, penalties of activations, frozen
// parameters.

#include <algorithm>

#include "data/loader.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::pictures;
using test::small_network;
using test::small_options;

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

// Training uses the loader's targets: data loss and accuracy of the first step by hand.
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

}  // namespace
}  // namespace ridgeline
