#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "ridgeline/loss.hpp"
#include "support/expect_error.hpp"

#define EXPECT_DATA_ERROR(statement, sentence)       \
  EXPECT_THAT([&] { static_cast<void>(statement); }, \
              ::testing::ThrowsMessage<::ridgeline::DataError>(::testing::StrEq(sentence)))

namespace ridgeline {
namespace {

using Outputs = std::vector<OutputSpec>;

Outputs output(const std::string& activation, Shape shape) {
  return {{"output", std::move(shape), activation}};
}
Outputs outputs(std::int64_t count) {
  return output("linear", {count});
}

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

TEST(LossErrors, CrossEntropyOnTheWrongOutputSaysWhatToDo) {
  const LossPtr loss = cross_entropy();
  EXPECT_NO_THROW(loss->check(output("softmax", {10})));
  EXPECT_USAGE_ERROR(loss->check(output("linear", {10})),
                     "cross-entropy needs a network that ends in a softmax, and this one ends in "
                     "'linear': give the last layer activation = \"softmax\"");
  EXPECT_USAGE_ERROR(loss->check(output("sigmoid", {10})),
                     "cross-entropy needs a network that ends in a softmax, and this one ends in "
                     "'sigmoid': give the last layer activation = \"softmax\", or use loss.kind = "
                     "\"binary-cross-entropy\"");
  EXPECT_USAGE_ERROR(loss->check(output("softmax", {1})),
                     "cross-entropy needs at least 2 outputs, and this network has 1, whose "
                     "softmax is always 1: give it activation = \"sigmoid\" and use loss.kind = "
                     "\"binary-cross-entropy\"");
}

TEST(LossErrors, CrossEntropyTakesOneRowOfClassesPerImage) {
  EXPECT_NO_THROW(cross_entropy()->check(output("softmax", {10, 1, 1})));
  EXPECT_USAGE_ERROR(cross_entropy()->check(output("softmax", {10, 4, 4})),
                     "cross-entropy takes one number per class and image, and this network gives "
                     "10x4x4: end it in global_average_pool2d or flatten, then dense with "
                     "activation = \"softmax\"");
}

TEST(LossErrors, BinaryCrossEntropyNeedsASigmoid) {
  const LossPtr loss = binary_cross_entropy();
  EXPECT_NO_THROW(loss->check(output("sigmoid", {3})));
  EXPECT_USAGE_ERROR(loss->check(output("linear", {1})),
                     "binary-cross-entropy needs a network that ends in a sigmoid, and this one "
                     "ends in 'linear': give the last layer activation = \"sigmoid\"");
  EXPECT_USAGE_ERROR(loss->check(output("softmax", {3})),
                     "binary-cross-entropy needs a network that ends in a sigmoid, and this one "
                     "ends in 'softmax': give the last layer activation = \"sigmoid\", or use "
                     "loss.kind = \"cross-entropy\"");
}

TEST(LossErrors, MeanSquaredErrorTakesAnyOutput) {
  for (const auto* activation : {"linear", "softmax", "sigmoid", "tanh"}) {
    EXPECT_NO_THROW(mean_squared_error()->check(output(activation, {3, 4, 4}))) << activation;
  }
}

TEST(LossErrors, Options) {
  for (const double s : {-0.1, 1.0, static_cast<double>(nan)}) {
    EXPECT_THROW(cross_entropy({.label_smoothing = s, .class_weights = {}}), UsageError) << s;
  }
  EXPECT_USAGE_ERROR(cross_entropy({.label_smoothing = 1.5, .class_weights = {}}),
                     "loss.label_smoothing must be in [0, 1), not 1.5");
  EXPECT_USAGE_ERROR(cross_entropy({.label_smoothing = 0, .class_weights = {1, -2}}),
                     "loss.class_weights must be numbers that are not negative, but one is -2");
  EXPECT_THROW(cross_entropy({.label_smoothing = 0, .class_weights = {1, nan}}), UsageError);
  EXPECT_USAGE_ERROR(cross_entropy({.label_smoothing = 0, .class_weights = {0, 0}}),
                     "loss.class_weights are all 0, which leaves nothing to learn");
  EXPECT_USAGE_ERROR(
      cross_entropy({.label_smoothing = 0, .class_weights = {1, 2}})->check(output("softmax", {3})),
      "loss.class_weights has 2 numbers, but there are 3 classes");
}

TEST(LossErrors, Labels) {
  const std::vector<std::int32_t> labels{0, 2, 1};
  for (const LossPtr& loss : {cross_entropy(), mean_squared_error(), binary_cross_entropy()}) {
    SCOPED_TRACE(loss->kind());
    EXPECT_NO_THROW(loss->check_targets(class_targets(labels), outputs(3), 0));
    Targets weighted = class_targets(labels);
    const std::vector<float> weights{1, 2};
    weighted.add(TensorView(weight_tensor, std::span(weights), {}));
    EXPECT_DATA_ERROR(loss->check_targets(weighted, outputs(3), 0),
                      "there are 2 targets for 3 images");
    EXPECT_DATA_ERROR(loss->check_targets(class_targets(labels), outputs(2), 0),
                      "image 1 has class 2, but the network knows classes 0 to 1");
    const std::vector<std::int32_t> negative{0, -1};
    EXPECT_DATA_ERROR(loss->check_targets(class_targets(negative), outputs(3), 0),
                      "image 1 has class -1, but the network knows classes 0 to 2");
  }
  for (const LossPtr& loss : {mean_squared_error(), binary_cross_entropy()}) {
    const std::vector<std::int32_t> two{0, 1};
    EXPECT_NO_THROW(loss->check_targets(class_targets(two), outputs(1), 0))
        << "a single output tells two apart";
    EXPECT_THROW(loss->check_targets(class_targets(labels), outputs(1), 0), DataError);
  }
}

TEST(LossErrors, Weights) {
  const std::vector<std::int32_t> labels{0, 2, 1};
  for (const float bad : {-1.0f, nan}) {
    const std::vector<float> weights{1, bad, 1};
    Targets targets = class_targets(labels);
    targets.add(TensorView(weight_tensor, std::span(weights), {}));
    EXPECT_THROW(cross_entropy()->check_targets(targets, outputs(3), 0), DataError) << bad;
  }
}

TEST(LossErrors, Values) {
  const std::vector<float> values{0, 1, 0.5f, 0.5f};
  for (const LossPtr& loss : {cross_entropy(), mean_squared_error(), binary_cross_entropy()}) {
    SCOPED_TRACE(loss->kind());
    EXPECT_NO_THROW(loss->check_targets(value_targets(values, 2), outputs(2), 0));
    EXPECT_DATA_ERROR(loss->check_targets(value_targets(values, 2), outputs(3), 0),
                      "the targets have 2 values per image, but the network has 3 outputs");
    for (const float bad : {nan, std::numeric_limits<float>::infinity()}) {
      const std::vector<float> broken{0, 1, bad, 0};
      EXPECT_DATA_ERROR(loss->check_targets(value_targets(broken, 2), outputs(2), 0),
                        "image 1 has a target that is not a finite number");
    }
  }
  const std::vector<float> pixels{0, 255}, negative{1, -0.5f};
  EXPECT_DATA_ERROR(
      cross_entropy()->check_targets(value_targets(pixels, 2), outputs(2), 0),
      "image 0 has the target 255, but cross-entropy takes probabilities, from 0 to 1");
  EXPECT_DATA_ERROR(
      binary_cross_entropy()->check_targets(value_targets(negative, 1), outputs(1), 0),
      "image 1 has the target -0.5, but binary-cross-entropy takes probabilities, from 0 to 1");
  EXPECT_NO_THROW(mean_squared_error()->check_targets(value_targets(pixels, 2), outputs(2), 0));
}

TEST(LossErrors, Registry) {
  EXPECT_USAGE_ERROR(make_loss("cross_entropi"),
                     "there is no loss 'cross_entropi': did you mean 'cross-entropy'?");
  EXPECT_USAGE_ERROR(
      make_loss("hinge"),
      "there is no loss 'hinge': known are binary-cross-entropy, binary-focal, cross-entropy, "
      "focal, mse");
  EXPECT_USAGE_ERROR(make_loss("cross-entropy", {{"label_smothing", 0.1}}),
                     "cross-entropy has no key 'label_smothing': did you mean 'label_smoothing'?");
  EXPECT_THROW(make_loss("mse", {{"label_smoothing", 0.1}}), UsageError);
  EXPECT_THROW(make_loss("cross-entropy", {{"label_smoothing", "much"}}), UsageError);
}

TEST(LossErrors, ALossIsMadeAgainFromItsKindAndAttributes) {
  const LossPtr loss = cross_entropy({.label_smoothing = 0.1, .class_weights = {1, 2}});
  for (const LossPtr& l : {loss, mean_squared_error(), binary_cross_entropy()}) {
    const LossPtr again = make_loss(l->kind(), l->attributes());
    EXPECT_EQ(again->kind(), l->kind());
    EXPECT_EQ(again->attributes(), l->attributes());
    EXPECT_EQ(again->head(), l->head());
  }
}

TEST(LossErrors, AnApplicationAddsItsOwnUnderANewName) {
  const LossFactory factory = [](const Attributes&) { return mean_squared_error(); };
  register_loss({.name = "brier"}, factory);
  EXPECT_EQ(make_loss("brier")->kind(), "mse");
  EXPECT_USAGE_ERROR(register_loss({.name = "brier"}, factory), "there is a loss 'brier' already");
  EXPECT_USAGE_ERROR(register_loss({.name = "mse"}, factory), "there is a loss 'mse' already");
}

}  // namespace
}  // namespace ridgeline
