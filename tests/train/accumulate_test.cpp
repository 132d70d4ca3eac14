// An update from several batches gives the same as one from a larger batch.
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::small_network;
using test::small_options;

void expect_near(const Model& model, const Model& expected) {
  const auto a = all_weights(model), b = all_weights(expected);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-5) << i;
}

void expect_near(const History& history, const History& expected) {
  ASSERT_EQ(history.epochs.size(), expected.epochs.size());
  for (std::size_t e = 0; e < expected.epochs.size(); ++e) {
    const Epoch &a = history.epochs[e], &b = expected.epochs[e];
    EXPECT_EQ(a.learning_rate, b.learning_rate);
    EXPECT_EQ(a.l2, b.l2);
    EXPECT_NEAR(a.train.data_loss, b.train.data_loss, 1e-5);
    EXPECT_NEAR(a.train.penalty, b.train.penalty, 1e-7);
    EXPECT_EQ(a.train.images, b.train.images);
    EXPECT_NEAR(a.train.value("accuracy"), b.train.value("accuracy"), 1e-12);
  }
}

// Trains with accumulation and with the larger batch; everything else is equal.
void expect_equals_larger_batch(const Network& network, const ModelOptions& options,
                                FitOptions fit) {
  const Dataset data = pictures(50);
  Model parts(network, options), whole(network, options);
  const History history = parts.fit(data, fit);
  fit.batch *= fit.accumulate;
  fit.accumulate = 1;
  expect_near(history, whole.fit(data, fit));
  expect_near(parts, whole);
}

Schedule falling(double from) {
  Schedule schedule;
  schedule.kind = "linear";
  schedule.value = from;
  return schedule;
}

// 50 images in groups of 3 batches of 7. The last group of an epoch has one batch and one image.
TEST(Accumulate, EqualsTheLargerBatch) {
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = falling(0.1), .momentum = 0.9});
  options.optimizer.clip_norm = 0.5;
  options.regularize = {.l2 = falling(1e-2), .l1 = 1e-3};
  expect_equals_larger_batch(small_network(), options, {.epochs = 3, .batch = 7, .accumulate = 3});
}

TEST(Accumulate, ClassWeightsAreOverTheWholeGroup) {
  ModelOptions options = small_options();
  options.loss = cross_entropy({.class_weights = {1, 0.25, 3}});
  options.optimizer = sgd({.learning_rate = 0.1});
  expect_equals_larger_batch(small_network(), options, {.epochs = 2, .batch = 6, .accumulate = 4});
}

// Dropout and augmentation draw for an image, whichever batch it is in.
TEST(Accumulate, RandomNumbersAreTheImages) {
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = 0.1});
  const Network network{conv2d({.filters = 4, .activation = "relu"}), flatten(),
                        dropout({.rate = 0.3}),
                        dense({.units = test::classes, .activation = "softmax"})};
  expect_equals_larger_batch(
      network, options, {.epochs = 2, .batch = 5, .accumulate = 2, .augment = {"flip", "crop:1"}});
}

TEST(Accumulate, MayTakeAllImages) {
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = 0.1});
  const Dataset data = pictures(50);
  Model parts(small_network(), options), whole(small_network(), options);
  const History history =
      parts.fit(data, {.epochs = 2, .batch = 8, .accumulate = std::int64_t{1} << 62});
  expect_near(history, whole.fit(data, {.epochs = 2, .batch = 50}));
  expect_near(parts, whole);
}

TEST(Accumulate, StepsAreUpdates) {
  Model model = test::small_model();
  FitOptions options{.epochs = 1, .batch = 5, .accumulate = 4};
  int told = 0;
  options.callbacks.on_step = [&](const Progress& progress) {
    ++told;
    EXPECT_EQ(progress.steps, 3);
    EXPECT_EQ(progress.train.images, progress.step * 20);
    return true;
  };
  model.fit(pictures(60), options);
  EXPECT_GE(told, 1);
}

// 48 images in 3 updates of 2 batches of 8, in two shards: stopped after `shards` shards.
void expect_resumes_with_the_same_bits(int shards) {
  SCOPED_TRACE(shards);
  const Dataset data = pictures(48);
  const Folder run;
  FitOptions options{.epochs = 3, .batch = 8, .accumulate = 2, .augment = {"flip"}};
  Model whole(test::rich_network(), small_options());
  const History expected = whole.fit(data, options);

  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = shards;
  ModelOptions trapped = small_options();
  trapped.loss = trap;
  options.run = run.path();
  options.stop = &trap->stop;
  Model first(test::rich_network(), trapped);
  EXPECT_TRUE(first.fit(data, options).interrupted);

  options.stop = nullptr;
  options.resume = true;
  Model second(test::rich_network(), small_options());
  test::expect_same(second.fit(data, options), expected);
  EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));
}

TEST(Accumulate, ResumeGivesTheSameBits) {
  for (const int shards : {2, 4, 6, 11, 18}) expect_resumes_with_the_same_bits(shards);
}

TEST(Accumulate, AnotherGroupIsRefusedByResume) {
  const Dataset data = pictures(48);
  const Folder run;
  FitOptions options{.epochs = 1, .batch = 8, .accumulate = 2, .run = run.path()};
  Model(small_network(), small_options()).fit(data, options);
  options.resume = true;
  options.accumulate = 3;
  Model model(small_network(), small_options());
  const std::string file = (run / "checkpoint.safetensors").string();
  EXPECT_EQ(message_of<UsageError>([&] { model.fit(data, options); }),
            file + " was made with train.accumulate = 2, not 3: resume with that, or start again");
  options.accumulate = 1;
  EXPECT_EQ(
      message_of<UsageError>([&] { model.fit(data, options); }),
      file +
          " was made with another setting of 'train.accumulate': resume with that, or start again");
}

TEST(Accumulate, WrongOptions) {
  Model model = test::small_model();
  const auto error = [&](Model& m, const FitOptions& options) {
    return message_of<UsageError>([&] { m.fit(pictures(30), options); });
  };
  EXPECT_EQ(error(model, {.batch = 10, .accumulate = 0}),
            "train.accumulate must be at least 1, not 0");
  ModelOptions full = small_options();
  full.optimizer = gd();
  Model descent(small_network(), full);
  EXPECT_EQ(error(descent, {.batch = 10, .accumulate = 4}),
            "train.accumulate is 4, but gd sums up the gradients of all batches already: leave it "
            "at 1");
}

}  // namespace
}  // namespace ridgeline
