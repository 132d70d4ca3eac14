// Trainings that diverge, and options and data that fit refuses.

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::message_of;
using test::pictures;
using test::small_model;
using test::small_network;
using test::small_options;

std::string usage_error(Model& model, const Dataset& data, const FitOptions& options) {
  return message_of<UsageError>([&] { model.fit(data, options); });
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
