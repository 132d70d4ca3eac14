#include <gtest/gtest.h>

#include <numeric>

#include "ridgeline/network.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

using Shapes = std::vector<Shape>;

Shapes shapes(std::string_view name, const Shape& input) {
  return infer(preset(name, 10), input).outputs;
}

const Shape colour = {3, 32, 32}, grey = {1, 28, 28};

TEST(Preset, ArticleCnnIsTheArticlesNetwork) {
  EXPECT_EQ(preset("article-cnn", 10),
            (Network{
                conv2d({.filters = 32, .kernel = 3, .activation = "relu"}),
                max_pool2d({.window = 2}),
                conv2d({.filters = 64, .kernel = 3, .activation = "relu"}),
                max_pool2d({.window = 2}),
                flatten(),
                dense({.units = 128, .activation = "relu"}),
                dense({.units = 10, .activation = "softmax"}),
            }));
  EXPECT_EQ(shapes("article-cnn", colour),
            (Shapes{{32, 30, 30}, {32, 15, 15}, {64, 13, 13}, {64, 6, 6}, {2304}, {128}, {10}}));
  EXPECT_EQ(shapes("article-cnn", grey),
            (Shapes{{32, 26, 26}, {32, 13, 13}, {64, 11, 11}, {64, 5, 5}, {1600}, {128}, {10}}));

  const Layout layout = infer(preset("article-cnn", 10), colour);
  EXPECT_EQ(layout.trainable(), 896 + 18'496 + 295'040 + 1'290);
  // A training step takes three times the forward pass, minus the image's gradient.
  const auto forward = std::reduce(layout.flops.begin(), layout.flops.end());
  EXPECT_EQ(3 * forward - layout.flops[0], 23'577'600);
}

TEST(Preset, Lenet5HasThePapersSizesOnDigits) {
  EXPECT_EQ(shapes("lenet5", grey),
            (Shapes{{6, 28, 28}, {6, 14, 14}, {16, 10, 10}, {16, 5, 5}, {400}, {120}, {84}, {10}}));
  EXPECT_EQ(infer(preset("lenet5", 10), grey).trainable(), 61'706);
  EXPECT_EQ(shapes("lenet5", colour),
            (Shapes{{6, 32, 32}, {6, 16, 16}, {16, 12, 12}, {16, 6, 6}, {576}, {120}, {84}, {10}}));
}

TEST(Preset, Mlp) {
  EXPECT_EQ(shapes("mlp", grey), (Shapes{{784}, {512}, {256}, {10}}));
  EXPECT_EQ(shapes("mlp", colour), (Shapes{{3072}, {512}, {256}, {10}}));
}

TEST(Preset, Resnet20HasThePapersDepthAndWeights) {
  const Network network = preset("resnet20", 10);
  int convolutions = 0;
  for (const Node& node : network.nodes()) {
    const auto attributes = node.layer.spec().attributes();
    convolutions += node.layer.spec().kind() == "conv2d" && attributes.find("kernel") &&
                    attributes.integer("kernel", 0) == 3;
  }
  EXPECT_EQ(convolutions, 19);
  const Layout layout = infer(network, colour);
  EXPECT_EQ(layout.outputs[layout.outputs.size() - 3], Shape({64, 8, 8}));
  // The paper's 0.27 million, with 2752 in the shortcuts of its option B.
  EXPECT_EQ(layout.trainable(), 272'474);
}

TEST(Preset, VggSmallHalvesThreeTimes) {
  const Shapes on_colour = shapes("vgg-small", colour), on_grey = shapes("vgg-small", grey);
  EXPECT_EQ(on_colour, (Shapes{{32, 32, 32},
                               {32, 32, 32},
                               {32, 16, 16},
                               {64, 16, 16},
                               {64, 16, 16},
                               {64, 8, 8},
                               {128, 8, 8},
                               {128, 8, 8},
                               {128, 4, 4},
                               {2048},
                               {256},
                               {256},
                               {10}}));
  EXPECT_EQ(on_grey[8], Shape({128, 3, 3}));
  EXPECT_EQ(on_grey.back(), Shape({10}));
}

// The numbers of torchvision's models, and of their operations, in products.
TEST(Preset, HasTorchvisionsParameters) {
  const struct {
    const char* name;
    std::int64_t trainable;
    double products;
  } known[] = {{"resnet18", 11'689'512, 1.814e9}, {"resnet34", 21'797'672, 3.664e9},
               {"resnet50", 25'557'032, 4.089e9}, {"mobilenet-v2", 3'504'872, 0.301e9},
               {"vgg11", 132'863'336, 7.609e9},   {"vgg11-bn", 132'868'840, 7.609e9},
               {"vgg13", 133'047'848, 11.308e9},  {"vgg13-bn", 133'053'736, 11.308e9},
               {"vgg16", 138'357'544, 15.470e9},  {"vgg16-bn", 138'365'992, 15.470e9},
               {"vgg19", 143'667'240, 19.632e9},  {"vgg19-bn", 143'678'248, 19.632e9}};
  for (const auto& [name, trainable, products] : known) {
    const Layout layout = infer(preset(name, 1000), {3, 224, 224});
    EXPECT_EQ(layout.trainable(), trainable) << name;
    const auto flops = std::reduce(layout.flops.begin(), layout.flops.end());
    EXPECT_NEAR(static_cast<double>(flops) / 2, products, 0.01 * products) << name;
  }
}

TEST(Preset, SmallResnetsKeepSmallImagesLarge) {
  for (const std::string name : {"resnet18", "resnet34", "resnet50"}) {
    const auto last = [](const Network& network, const Shape& input) {
      const Layout layout = infer(network, input);
      return layout.outputs[layout.outputs.size() - 3];
    };
    const std::int64_t channels = name == "resnet50" ? 2048 : 512;
    EXPECT_EQ(last(preset(name, 10), {3, 224, 224}), Shape({channels, 7, 7}));
    EXPECT_EQ(last(preset(name, 10), {3, 64, 64}), Shape({channels, 2, 2}));
    EXPECT_EQ(last(preset(name + "-small", 10), {3, 64, 64}), Shape({channels, 8, 8}));
    EXPECT_EQ(last(preset(name + "-small", 10), colour), Shape({channels, 4, 4}));
  }
}

TEST(Preset, VggEndsInFeaturesOf7x7AtAnySize) {
  for (const std::string name : {"vgg11", "vgg16-bn"}) {
    for (const std::int64_t side : {32, 64, 224, 300}) {
      const Layout layout = infer(preset(name, 10), {3, side, side});
      const auto& outputs = layout.outputs;
      // After the pools: 7x7, flatten, and two dense layers with dropout before the last.
      EXPECT_EQ(outputs[outputs.size() - 8], Shape({512, side / 32, side / 32})) << name << side;
      EXPECT_EQ(outputs[outputs.size() - 7], Shape({512, 7, 7})) << name << side;
      EXPECT_EQ(layout.trainable(), name == "vgg11" ? 128'807'306 : 134'309'962) << name << side;
    }
  }
  EXPECT_USAGE_ERROR(check_preset_input("vgg16", {3, 32, 31}),
                     "preset 'vgg16' needs images of at least 32x32 pixels, not 32x31");
}

TEST(Preset, SaysHowLargeImagesMustBe) {
  for (const std::string& name : preset_names()) {
    // The smallest accepted image works. One pixel less is refused.
    for (std::int64_t size = 1; size <= 34; ++size) {
      for (const Shape& shape : {Shape{3, size, 40}, Shape{3, 40, size}}) {
        bool fits = true, passes = true;
        try {
          infer(preset(name, 10), shape);
        } catch (const UsageError&) {
          fits = false;
        }
        try {
          check_preset_input(name, shape);
        } catch (const UsageError&) {
          passes = false;
        }
        EXPECT_EQ(passes, fits) << name << " on " << shape.text();
      }
    }
  }
  EXPECT_USAGE_ERROR(check_preset_input("article-cnn", {1, 28, 9}),
                     "preset 'article-cnn' needs images of at least 10x10 pixels, not 28x9");
}

TEST(Preset, TakesAnyNumberOfClasses) {
  for (const std::string& name : preset_names()) {
    const Network network = preset(name, 7);
    EXPECT_EQ(infer(network, colour).output(), Shape({7})) << name;
    EXPECT_EQ(network.nodes().back().layer.spec().activation(), "softmax") << name;
  }
}

TEST(Preset, RefusesWhatItDoesNotKnow) {
  EXPECT_USAGE_ERROR(preset("article_cn", 10),
                     "there is no preset 'article_cn': did you mean 'article-cnn'?");
  EXPECT_USAGE_ERROR(
      preset("perceiver", 10),
      "there is no preset 'perceiver': known are article-cnn, lenet5, mlp, mobilenet-v2, resnet18, "
      "resnet18-small, resnet20, resnet34, resnet34-small, resnet50, resnet50-small, vgg-small, "
      "vgg11, vgg11-bn, vgg13, vgg13-bn, vgg16, vgg16-bn, vgg19, vgg19-bn");
  EXPECT_USAGE_ERROR(preset("mlp", 0), "a network needs at least 1 class, not 0");
}

}  // namespace
}  // namespace ridgeline
