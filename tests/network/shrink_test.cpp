// Which filters are dropped, which are kept and why, and how the numbers around them change.
#include "ridgeline/shrink.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "ridgeline/error.hpp"
#include "support/expect_error.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A network with numbers in all parameters. Filters of a layer can be made zero.
class Cut {
 public:
  Cut(Network network, Shape input) : network_(std::move(network)), input_(std::move(input)) {
    Random random(3, Purpose::test, 0);
    for (const Parameter& p : infer(network_, input_).parameters) {
      auto& values = weights_[p.name];
      for (std::int64_t i = 0; i < p.spec.shape.elements(); ++i) {
        values.push_back(0.1f + random.uniform());
      }
    }
  }

  /// Makes filters zero. `bias` is their new bias, if the layer has one.
  Cut& zero(const std::string& layer, const std::vector<std::size_t>& filters, float bias = 0.5f) {
    const int node = network_.find(layer);
    const auto count = static_cast<std::size_t>(
        infer(network_, input_).outputs[static_cast<std::size_t>(node)][0]);
    auto& kernel = weights_[layer + ".kernel"];
    const std::size_t width = kernel.size() / count;
    for (const std::size_t f : filters) {
      std::fill_n(kernel.begin() + static_cast<std::ptrdiff_t>(f * width), width, 0.0f);
      if (weights_.contains(layer + ".bias")) weights_[layer + ".bias"][f] = bias;
    }
    return *this;
  }

  ShrunkNetwork shrunk() const { return drop_zero_filters(network_, input_, weights_); }
  /// The filters that remain in each convolution and dense layer.
  std::vector<std::int64_t> left() const {
    const ShrunkNetwork small = shrunk();
    const Layout layout = infer(small.network, input_);
    std::vector<std::int64_t> filters;
    for (const Parameter& p : layout.parameters) {
      if (p.spec.role == Role::kernel) filters.push_back(p.spec.shape[0]);
    }
    return filters;
  }
  const Network& network() const { return network_; }
  WeightMap& weights() { return weights_; }

 private:
  Network network_;
  Shape input_;
  WeightMap weights_;
};

const Network plain{conv2d({.filters = 3, .kernel = 2, .activation = "relu"}), max_pool2d(),
                    flatten(), dense({.units = 4, .activation = "tanh"}),
                    dense({.units = 2, .activation = "softmax"})};
const Shape image{1, 5, 5};  // 4x4 after the convolution, 2x2 after the pool

TEST(Shrink, NothingZeroLeavesAllAsItIs) {
  Cut cut(plain, image);
  const ShrunkNetwork small = cut.shrunk();
  EXPECT_TRUE(small.network == plain);
  EXPECT_EQ(small.weights, cut.weights());
  EXPECT_THAT(small.staying, IsEmpty());
}

TEST(Shrink, AConstantGoesIntoTheBiasBehind) {
  Cut cut(plain, image);
  cut.zero("conv2d_1", {1}, 0.5f);
  const auto before = cut.weights();
  const ShrunkNetwork small = cut.shrunk();
  EXPECT_THAT(cut.left(), ElementsAre(2, 4, 2));
  const auto& kernel = before.at("conv2d_1.kernel");
  const auto& smaller = small.weights.at("conv2d_1.kernel");
  ASSERT_EQ(smaller.size(), 8u);
  EXPECT_TRUE(std::equal(kernel.begin(), kernel.begin() + 4, smaller.begin()));
  EXPECT_TRUE(std::equal(kernel.begin() + 8, kernel.end(), smaller.begin() + 4));
  // Units 4 to 7 of the 12 that flatten gives are the second filter's.
  const auto& dense = before.at("dense_1.kernel");
  for (std::size_t o = 0; o < 4; ++o) {
    float sum = before.at("dense_1.bias")[o];
    for (std::size_t u = 4; u < 8; ++u) sum += 0.5f * dense[12 * o + u];
    EXPECT_NEAR(small.weights.at("dense_1.bias")[o], sum, 1e-6);
    EXPECT_EQ(small.weights.at("dense_1.kernel")[8 * o + 4], dense[12 * o + 8]);
  }
}

TEST(Shrink, ALayerKeepsItsPenalties) {
  const Layer convolution = conv2d({.filters = 3, .kernel = 2}).regularize({.l2 = 0.5});
  Cut cut({convolution, max_pool2d(), flatten(), dense({.units = 2})}, image);
  cut.zero("conv2d_1", {1}, 0.5f);
  const Layer smaller = cut.shrunk().network.nodes()[0].layer;
  EXPECT_TRUE(smaller == conv2d({.filters = 2, .kernel = 2}).regularize({.l2 = 0.5}));
}

TEST(Shrink, ALayerWithoutABiasGetsOneOnlyWhereItNeedsIt) {
  const Network network{dense({.units = 3, .activation = "relu"}),
                        dense({.units = 2, .use_bias = false})};
  Cut cut(network, {4});
  cut.zero("dense_1", {0}, -1);  // relu makes it 0
  EXPECT_FALSE(cut.shrunk().weights.contains("dense_2.bias"));
  cut.zero("dense_1", {0}, 2);
  const ShrunkNetwork small = cut.shrunk();
  ASSERT_TRUE(small.weights.contains("dense_2.bias"));
  EXPECT_NEAR(small.weights.at("dense_2.bias")[1], 2 * cut.weights().at("dense_2.kernel")[3], 1e-6);
  EXPECT_THAT(cut.left(), ElementsAre(2, 2));
}

TEST(Shrink, BeforeAConvolutionThatPadsOnlyZerosGo) {
  const Network network{conv2d({.filters = 4, .kernel = 3, .activation = "relu"}),
                        conv2d({.filters = 2, .kernel = 3, .padding = Padding::same()}),
                        global_average_pool2d(), dense({.units = 2})};
  Cut cut(network, {1, 6, 6});
  cut.zero("conv2d_1", {0, 2}, 0.5f).zero("conv2d_1", {3}, -0.5f);
  EXPECT_THAT(cut.left(), ElementsAre(3, 2, 2));
  EXPECT_THAT(cut.shrunk().staying,
              ElementsAre(StayingFilters{
                  "conv2d_1", 2, "conv2d_2 pads what it reads, and the constant is not 0"}));
}

// "same" adds no pixel to a 1x1 window.
TEST(Shrink, PaddingThatAddsNothingIsNone) {
  const Network network{conv2d({.filters = 4, .kernel = 3}),
                        conv2d({.filters = 2, .kernel = 1, .padding = Padding::same()}),
                        global_average_pool2d(), dense({.units = 2})};
  Cut cut(network, {1, 6, 6});
  cut.zero("conv2d_1", {0, 2});
  EXPECT_THAT(cut.left(), ElementsAre(2, 2, 2));
}

TEST(Shrink, BatchNormalisationIsCutAlong) {
  const Network network{conv2d({.filters = 3, .use_bias = false}),
                        batch_norm2d(),
                        activation("relu"),
                        conv2d({.filters = 2}),
                        flatten(),
                        dense({.units = 2})};
  Cut cut(network, {1, 6, 6});
  cut.zero("conv2d_1", {1});
  const auto before = cut.weights();
  const ShrunkNetwork small = cut.shrunk();
  for (const char* name : {"gamma", "beta", "moving_mean", "moving_variance"}) {
    const auto& all = before.at(std::string("batch_norm2d_1.") + name);
    EXPECT_THAT(small.weights.at(std::string("batch_norm2d_1.") + name),
                ElementsAre(all[0], all[2]));
  }
}

Network residual(bool second_branch) {
  const auto image = input();
  const auto stem = conv2d({.filters = 3, .kernel = 3})(image);
  const auto branch = conv2d({.filters = 3, .kernel = 1})(stem);
  const auto sum = second_branch ? add()(stem, branch) : add()(branch, branch);
  return Network(image, dense({.units = 2})(global_average_pool2d()(activation("relu")(sum))));
}

TEST(Shrink, AddKeepsWhatItAddsToOthers) {
  Cut alive(residual(true), {1, 6, 6});
  alive.zero("conv2d_2", {0, 2});
  EXPECT_THAT(alive.left(), ElementsAre(3, 3, 2));
  EXPECT_THAT(alive.shrunk().staying,
              ElementsAre(StayingFilters{"conv2d_2", 2, "add_1 adds a filter that is not zero"}));
  alive.zero("conv2d_1", {2});  // then both are zero
  EXPECT_THAT(alive.left(), ElementsAre(2, 2, 2));
  EXPECT_EQ(alive.shrunk().staying.at(0).count, 1);
  Cut twice(residual(false), {1, 6, 6});
  twice.zero("conv2d_2", {0, 2});
  EXPECT_THAT(twice.left(), ElementsAre(3, 1, 2));
}

std::vector<std::string> names(const Network& network) {
  std::vector<std::string> all;
  for (const Node& node : network.nodes()) all.push_back(node.name);
  return all;
}

TEST(Shrink, ABranchOfZerosIsDroppedWhole) {
  const auto image = input();
  const auto stem = conv2d({.filters = 3})(image);
  const auto relu = activation("relu");
  const auto two = add()(stem, relu(conv2d({.filters = 3, .kernel = 1})(stem)));
  const auto three = add()(two, relu(conv2d({.filters = 3, .kernel = 1})(two)), stem);
  Cut cut(Network(image, dense({.units = 2})(global_average_pool2d()(three))), {1, 6, 6});
  cut.zero("conv2d_2", {0, 1, 2}, -1).zero("conv2d_3", {0, 1, 2}, -1);
  const ShrunkNetwork small = cut.shrunk();
  EXPECT_THAT(names(small.network),
              ElementsAre("conv2d_1", "add_2", "global_average_pool2d_1", "dense_1"));
  EXPECT_EQ(small.network.nodes()[1].inputs, (std::vector<int>{0, 0}));
  EXPECT_EQ(small.weights.size(), 4u);
  EXPECT_THAT(small.staying, IsEmpty());
}

TEST(Shrink, AnAddThatIsTheOutputMayGo) {
  const auto image = input();
  const auto a = dense({.units = 2})(image), b = dense({.units = 2})(a);
  Cut cut(Network(image, add()(a, b)), {3});
  cut.zero("dense_2", {0, 1}, 0);
  EXPECT_THAT(names(cut.shrunk().network), ElementsAre("dense_1"));
  Cut direct(Network(image, add()(image, dense({.units = 3})(image))), {3});
  direct.zero("dense_1", {0, 1, 2}, 0);
  EXPECT_THAT(names(direct.shrunk().network), ElementsAre("dense_1", "add_1"));
}

TEST(Shrink, ConcatIsCutWhereItsInputsAre) {
  const auto image = input();
  const auto a = conv2d({.filters = 3, .kernel = 3})(image);
  const auto b = conv2d({.filters = 2, .kernel = 3})(image);
  const auto end = conv2d({.filters = 2, .kernel = 3})(concat()(a, b));
  Cut cut(Network(image, dense({.units = 2})(flatten()(end))), {1, 6, 6});
  cut.zero("conv2d_1", {0}).zero("conv2d_2", {1});
  EXPECT_THAT(cut.left(), ElementsAre(2, 1, 2, 2));
  const auto& kernel = cut.weights().at("conv2d_3.kernel");  // {2, 5, 3, 3}
  const ShrunkNetwork small = cut.shrunk();
  EXPECT_EQ(small.weights.at("conv2d_3.kernel")[0], kernel[9]);
  EXPECT_EQ(small.weights.at("conv2d_3.kernel")[18], kernel[27]);
}

TEST(Shrink, GroupsTheOutputAndTheLastFilterStay) {
  const Network network{conv2d({.filters = 4, .kernel = 3}),
                        conv2d({.filters = 4, .kernel = 1, .groups = 2}),
                        conv2d({.filters = 2, .kernel = 1}), flatten(), dense({.units = 2})};
  Cut cut(network, {1, 4, 4});
  cut.zero("conv2d_1", {0}).zero("conv2d_2", {1}).zero("conv2d_3", {0, 1}).zero("dense_1", {1});
  EXPECT_THAT(cut.left(), ElementsAre(4, 4, 1, 2));
  EXPECT_THAT(cut.shrunk().staying,
              ElementsAre(StayingFilters{"conv2d_1", 1, "conv2d_2 needs all that it reads"},
                          StayingFilters{"conv2d_2", 1, "it has groups"},
                          StayingFilters{"conv2d_3", 1, "a layer has at least one"},
                          StayingFilters{"dense_1", 1, "part of the output"}));
}

// The second layer's first unit reads only the dropped one.
TEST(Shrink, WhatBecomesZeroIsDroppedToo) {
  Cut cut(Network{dense({.units = 2}), dense({.units = 2}), dense({.units = 2})}, {3});
  cut.zero("dense_1", {0}, 2);
  cut.weights()["dense_2.kernel"] = {5, 0, 1, 1};
  cut.weights()["dense_2.bias"] = {1, 0};
  EXPECT_THAT(cut.left(), ElementsAre(1, 1, 2));
  const auto& kernel = cut.weights()["dense_3.kernel"];
  const auto& bias = cut.weights()["dense_3.bias"];
  // The first unit gives 5 * 2 + 1, and nothing else.
  EXPECT_NEAR(cut.shrunk().weights.at("dense_3.bias")[0], bias[0] + 11 * kernel[0], 1e-5);
}

TEST(Shrink, ASoftmaxTakesItsUnitsTogether) {
  Cut cut(Network{dense({.units = 3, .activation = "softmax"}), dense({.units = 2})}, {3});
  cut.zero("dense_1", {0});
  EXPECT_THAT(cut.left(), ElementsAre(3, 2));
  EXPECT_THAT(cut.shrunk().staying,
              ElementsAre(StayingFilters{"dense_1", 1, "its softmax takes all together"}));
}

TEST(Shrink, NeedsAllParameters) {
  Cut cut(plain, image);
  cut.weights()["dense_1.bias"].pop_back();
  EXPECT_USAGE_ERROR(cut.shrunk(), "dense_1.bias has 3 values, not 4");
  cut.weights().erase("dense_1.bias");
  EXPECT_USAGE_ERROR(cut.shrunk(), "dense_1.bias has 0 values, not 4");
}

TEST(Shrink, LayersThatOnlyTrainingKnowsPassChannelsOn) {
  Cut cut(Network{conv2d({.filters = 4}), spatial_dropout2d({.rate = 0.5}),
                  gaussian_noise({.stddev = 0.1}), activity_regularization({.l2 = 0.1}),
                  conv2d({.filters = 3}), flatten(), dense({.units = 2})},
          {1, 8, 8});
  cut.zero("conv2d_1", {1, 2});
  EXPECT_THAT(cut.left(), ElementsAre(2, 3, 2));
}

}  // namespace
}  // namespace ridgeline
