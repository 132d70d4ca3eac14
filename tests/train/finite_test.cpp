// Numbers that are not finite: in files, in images and in outputs.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "interop/safetensors.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using testing::HasSubstr;
using testing::StartsWith;

Model model_with(const char* parameter, float number) {
  Model model = test::small_model();
  std::vector<float> values = model.weights(parameter);
  values[1] = number;
  model.set_weights(parameter, values);
  return model;
}

TEST(Finite, WeightsOfAFile) {
  const Folder folder;
  for (const float number : {NAN, INFINITY, -INFINITY}) {
    for (const char* parameter : {"conv2d_1.kernel", "dense_1.bias"}) {
      model_with(parameter, number).save(folder / "m");
      const std::string sentence =
          fmt::format("{}: {} has 1 of {} numbers that are not finite, the first {} at place 1",
                      (folder / "m").string(), parameter,
                      test::small_model().weights(parameter).size(), number);
      EXPECT_THAT(message_of<DataError>([&] { Model::load(folder / "m"); }), StartsWith(sentence));
      EXPECT_THAT(message_of<DataError>([&] { Model::load_diverged(folder / "m"); }),
                  StartsWith(sentence));
      Model other = test::small_model();
      const auto before = test::all_weights(other);
      EXPECT_THAT(message_of<DataError>([&] { other.load_weights(folder / "m"); }),
                  StartsWith(sentence));
      EXPECT_TRUE(test::same(test::all_weights(other), before));
      ModelOptions options = test::small_options();
      options.weights = folder / "m";
      EXPECT_THAT(message_of<DataError>([&] { Model(test::small_network(), options); }),
                  StartsWith(sentence));
    }
  }
}

TEST(Finite, PixelsOfImages) {
  Model model = test::small_model();
  test::Pictures images(20);
  images.pixels[7 * test::side * test::side + 8] = NAN;
  const std::string sentence = "image 7 has a pixel that is nan: pixels are numbers from 0 to 1";
  EXPECT_EQ(message_of<DataError>([&] { model.predict(images.pixels); }), sentence);
  const Dataset set =
      from_memory(images.pixels, {1, test::side, test::side}, ImageLayout::nchw, images.labels);
  EXPECT_EQ(message_of<DataError>([&] { model.predict(set); }), sentence);
  EXPECT_EQ(message_of<DataError>([&] { model.evaluate(set); }), sentence);
  EXPECT_THROW(model.fit(set, {.epochs = 1, .batch = 10}), DivergedError) << "with a verdict";
}

TEST(Finite, OutputsThatOverflow) {
  Model model = test::small_model();
  for (const char* parameter : {"conv2d_1.kernel", "dense_1.kernel"}) {
    std::vector<float> values = model.weights(parameter);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1e30F : -1e30F;
    model.set_weights(parameter, values);
  }
  const test::Pictures images(4);
  EXPECT_THAT(message_of<DivergedError>([&] { model.predict(images.pixels); }),
              testing::MatchesRegex("image 0 has an output that is nan: numbers inside the network "
                                    "become too large for single precision"));
  EXPECT_THAT(message_of<DivergedError>([&] { model.evaluate(test::pictures(30)); }),
              HasSubstr("too large for single precision"));
}

TEST(Finite, OutputsOfWeightsThatAreNot) {
  Model model = model_with("conv2d_1.kernel", NAN);
  const test::Pictures images(4);
  EXPECT_EQ(message_of<DivergedError>([&] { model.predict(images.pixels); }),
            "image 0 has an output that is nan: conv2d_1.kernel is nan");
  EXPECT_EQ(message_of<DivergedError>([&] { model.evaluate(test::pictures(30)); }),
            "image 0 has an output that is nan: conv2d_1.kernel is nan");
  EXPECT_THROW(model.fit(test::pictures(30), {.epochs = 1, .batch = 10}), DivergedError);
  EXPECT_THROW(static_cast<void>(model.top(std::vector<float>{0.5F, NAN, 0.5F}, 1)), UsageError);
}

// Only the weights show it, since no step follows.
TEST(Finite, WeightsThatTheLastStepMadeInfinite) {
  const Folder run;
  ModelOptions options = test::small_options();
  options.optimizer = sgd({.learning_rate = 3e38});
  options.regularize = {};
  Model model(test::small_network(), options);
  EXPECT_THAT(message_of<DivergedError>([&] {
                model.fit(test::pictures(30, 0, 200),
                          {.epochs = 1, .batch = 30, .run = run.path()});
              }),
              testing::ContainsRegex("training diverged in epoch 1: .* is (nan|infinite) at a "
                                     "learning rate of 3e.38"));
  EXPECT_FALSE(std::filesystem::exists(run / "model.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(run / "diverged.safetensors"));
}

}  // namespace
}  // namespace ridgeline
