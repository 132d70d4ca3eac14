#include <gtest/gtest.h>

#include "ridgeline/network.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

TEST(Infer, LaysOutAGraph) {
  const Output x = input();
  const Output a = conv2d({.filters = 4, .padding = Padding::same(), .use_bias = false})(x);
  const Output b = batch_norm2d()(a);
  const Network network(x, dense({.units = 2})(flatten()(concat()(x, b, a))));
  const Layout layout = infer(network, {3, 5, 6});

  EXPECT_EQ(layout.input, Shape({3, 5, 6}));
  EXPECT_EQ(layout.outputs, (std::vector<Shape>{{4, 5, 6}, {4, 5, 6}, {11, 5, 6}, {330}, {2}}));
  EXPECT_EQ(layout.output(), Shape({2}));
  EXPECT_EQ(layout.inputs_of(network, 2), (std::vector<Shape>{{3, 5, 6}, {4, 5, 6}, {4, 5, 6}}));
  EXPECT_EQ(layout.flops, (std::vector<std::int64_t>{2 * 4 * 30 * 27, 0, 0, 0, 2 * 330 * 2}));

  std::vector<std::string> names;
  for (const Parameter& parameter : layout.parameters) names.push_back(parameter.name);
  EXPECT_THAT(names,
              testing::ElementsAre("conv2d_1.kernel", "batch_norm2d_1.gamma", "batch_norm2d_1.beta",
                                   "batch_norm2d_1.moving_mean", "batch_norm2d_1.moving_variance",
                                   "dense_1.kernel", "dense_1.bias"));
  EXPECT_EQ(layout.parameters[5].node, 4);
  EXPECT_EQ(layout.trainable(), 4 * 27 + 4 + 4 + 330 * 2 + 2) << "statistics are not trained";
}

TEST(Infer, TrainingFlopsLeaveOutTheGradientOfTheImage) {
  const Network article = preset("article-cnn", 10);
  const std::int64_t conv1 = 2 * 30 * 30 * 32 * 27, conv2 = 2 * 13 * 13 * 64 * 288;
  const std::int64_t both_dense = 2 * (2304 * 128 + 128 * 10);
  EXPECT_EQ(infer(article, {3, 32, 32}).training_flops(article),
            2 * conv1 + 3 * conv2 + 3 * both_dense);
  EXPECT_NEAR(static_cast<double>(infer(article, {3, 32, 32}).training_flops(article)), 23.58e6,
              5e3);
  const Network behind{normalize({.mean = {0.5}, .std = {0.2}}), conv2d({.filters = 1}), flatten(),
                       dense({.units = 2})};
  EXPECT_EQ(infer(behind, {1, 3, 3}).training_flops(behind), 2 * (2 * 9) + 3 * (2 * 2))
      << "what lies before the first trained layer needs no gradient";
}

TEST(Infer, ErrorsNameTheLayerItsInputsAndTheShapes) {
  EXPECT_USAGE_ERROR(
      infer(Network{conv2d({.filters = 8}), max_pool2d(), dense({.units = 10})}, {3, 32, 32}),
      "dense_1 (after max_pool2d_1) takes a flat input, not 8x15x15: put a flatten layer before "
      "it");
  EXPECT_USAGE_ERROR(
      infer(Network{dense({.units = 10})}, {3, 32, 32}),
      "dense_1 (after input) takes a flat input, not 3x32x32: put a flatten layer before "
      "it");
  const Output x = input();
  const Output y = conv2d({.filters = 3})(x);
  EXPECT_USAGE_ERROR(infer(Network(x, add()(y, x)), {3, 32, 32}),
                     "add_1 (after conv2d_1 and input) takes inputs of equal shape, not 3x30x30 "
                     "and 3x32x32");
}

TEST(Infer, RefusesNetworksAndInputsThatAreNone) {
  EXPECT_USAGE_ERROR(infer({}, {3, 32, 32}), "the network has no layers");
  EXPECT_USAGE_ERROR(infer(Network{flatten()}, {3, 0, 32}),
                     "the input's shape must be {channels, height, width} or {numbers}, each at "
                     "least 1, not 3x0x32");
  EXPECT_USAGE_ERROR(infer(Network{flatten()}, {}),
                     "the input's shape must be {channels, height, width} or {numbers}, each at "
                     "least 1, not scalar");
}

TEST(Infer, RefusesALayerThatLeadsNowhere) {
  Network network{flatten()};
  network.append(flatten().named("other"), {"input"});
  EXPECT_USAGE_ERROR(
      infer(network, {3, 4, 4}),
      "flatten_1 is not used: no layer takes its output, and it is not an output of the network");
}

/// Mistakes of applications.
class Vanishing final : public LayerSpec {
 public:
  std::string_view kind() const override { return "vanishing"; }
  Attributes attributes() const override { return {}; }
  Shape output_shape(std::span<const Shape>) const override { return {3, 0}; }
};

TEST(Infer, RefusesALayerThatGivesNothing) {
  EXPECT_USAGE_ERROR(infer(Network{Layer(std::make_shared<Vanishing>())}, {3, 4, 4}),
                     "vanishing_1 (after input) gives no numbers: its output's shape is 3x0");
}

TEST(Infer, RefusesSizesBeyondAnyMemory) {
  constexpr std::int64_t huge = std::int64_t{1} << 39;
  EXPECT_USAGE_ERROR(infer(Network{dense({.units = huge})}, {100}),
                     "dense_1 (after input) is too large: 549755813888 x 100 would be more than "
                     "1099511627776");
  EXPECT_USAGE_ERROR(infer(Network{conv2d({.filters = huge, .kernel = 1})}, {3, 100, 100}),
                     "conv2d_1 (after input) is too large: 549755813888 x 100 x 100 would be more "
                     "than 1099511627776");
  EXPECT_USAGE_ERROR(infer(Network{flatten()}, {huge, huge, huge}),
                     "the input is too large: 549755813888 x 549755813888 x 549755813888 would be "
                     "more than 1099511627776");
}

}  // namespace
}  // namespace ridgeline
