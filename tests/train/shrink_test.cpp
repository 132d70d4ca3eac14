// A model without its zero filters predicts the same as before.
#include <gmock/gmock.h>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::pictures;
using test::small_options;

Network bottleneck() {
  const auto image = input();
  const auto relu = activation("relu");
  const auto normed = [](const Output& x, std::int64_t filters, std::int64_t kernel) {
    return batch_norm2d()(conv2d(
        {.filters = filters, .kernel = kernel, .padding = Padding::same(), .use_bias = false})(x));
  };
  const auto stem = relu(normed(image, 4, 3));
  const auto inner = conv2d({.filters = 5, .kernel = 1, .activation = "silu"})(stem);
  const auto sum = relu(add()(normed(inner, 4, 1), stem));
  const auto wide = concat()(sum, conv2d({.filters = 3, .kernel = 1, .activation = "gelu"})(sum));
  const auto pooled = global_average_pool2d()(wide);
  return Network(image, dense({.units = 3, .activation = "softmax"})(
                            dense({.units = 6, .activation = "sigmoid", .use_bias = false})(
                                dropout({.rate = 0.2})(pooled))));
}

/// Networks in which constants take every possible path.
std::vector<Network> networks() {
  return {
      test::small_network(),
      test::rich_network(),
      bottleneck(),
      {conv2d({.filters = 6, .activation = "tanh"}), average_pool2d({.padding = Padding::same()}),
       conv2d({.filters = 5, .kernel = 2, .activation = "leaky_relu(0.3)", .use_bias = false}),
       flatten(), dense({.units = 8, .activation = "gelu"}),
       dense({.units = 3, .activation = "softmax"})},
      {conv2d({.filters = 4, .padding = Padding::same(), .activation = "relu"}),
       max_pool2d({.window = 3, .stride = 2, .padding = Padding::pixels(1)}),
       conv2d({.filters = 4, .padding = Padding::same(), .activation = "relu"}),
       upsample2d({.interpolation = "bilinear"}),
       conv2d({.filters = 4, .groups = 2, .activation = "relu"}), conv2d({.filters = 3}),
       global_average_pool2d(), activation("softmax")},
      {flatten(), dense({.units = 9, .activation = "relu"}),
       dense({.units = 7, .activation = "sigmoid"}), dense({.units = 3, .activation = "softmax"})},
  };
}

/// Random numbers in every parameter, and 0 in the kernels of a share of the filters.
void fill(Model& model, Random& random, float zeros) {
  for (const Parameter& p : model.layout().parameters) {
    std::vector<float> values = model.weights(p.name);
    const bool positive = p.spec.name == "gamma" || p.spec.name == "moving_variance";
    for (float& v : values) {
      v = positive ? 0.5f + random.uniform() : 0.6f * static_cast<float>(random.normal());
    }
    if (p.spec.role == Role::kernel) {
      const std::size_t width = values.size() / static_cast<std::size_t>(p.spec.shape[0]);
      for (std::size_t f = 0; f < values.size(); f += width) {
        if (random.uniform() < zeros) {
          std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(f), width, 0.0f);
        }
      }
    }
    model.set_weights(p.name, values);
  }
}

TEST(ShrunkModel, PredictsTheSame) {
  const Dataset data = pictures(24, 2);
  Random random(17, Purpose::test, 0);
  for (const Network& network : networks()) {
    std::int64_t before = 0, after = 0;
    for (int round = 0; round < 12; ++round) {
      SCOPED_TRACE(testing::Message() << network << "round " << round);
      Model model(network, small_options());
      fill(model, random, 0.15f * static_cast<float>(round % 6 + 1));
      Model small = model.shrunk();
      const auto a = model.predict(data), b = small.predict(data);
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-5) << i;
      before += model.layout().trainable();
      after += small.layout().trainable();
      // Nothing more can be dropped.
      EXPECT_TRUE(small.shrunk().network() == small.network());
    }
    EXPECT_LT(after, before * 9 / 10) << network;
  }
}

TEST(ShrunkModel, WithoutZerosIsTheSameFile) {
  const Folder folder;
  Random random(18, Purpose::test, 0);
  for (const Network& network : networks()) {
    Model model(network, small_options());
    fill(model, random, 0);
    std::vector<StayingFilters> staying;
    const Model small = model.shrunk(&staying);
    EXPECT_TRUE(staying.empty());
    model.save(folder / "before");
    small.save(folder / "after");
    EXPECT_EQ(test::read_bytes(folder / "before"), test::read_bytes(folder / "after"));
  }
}

TEST(ShrunkModel, KeepsWhatItIsTrainedWith) {
  const Folder folder;
  ModelOptions options = small_options();
  options.regularize = {.l2 = 1e-3, .l1 = 1e-4};
  options.regularize.l2.kind = "linear";
  options.regularize.rules = {{.match = "dense*", .l2_factor = 10}, {.match = "*.bias", .l2 = 0.1}};
  options.frozen = {"conv2d_1.bias"};
  options.class_names = {"a", "b", "c"};
  options.compute.kernels = {"conv2d_1=onednn"};
  Model model(test::small_network(), options);
  model.fit(pictures(30), {.epochs = 2, .batch = 10});
  auto kernel = model.weights("conv2d_1.kernel");
  std::fill_n(kernel.begin(), 18, 0.0f);  // two filters of 3x3
  model.set_weights("conv2d_1.kernel", kernel);
  model.shrunk().save(folder / "small");

  Model small = Model::load(folder / "small", 2);
  EXPECT_EQ(small.layout().parameters[0].spec.shape, Shape({2, 1, 3, 3}));
  EXPECT_EQ(small.options().regularize, options.regularize);
  EXPECT_EQ(small.options().frozen, options.frozen);
  EXPECT_EQ(small.options().class_names, options.class_names);
  EXPECT_TRUE(small.options().compute.kernels.empty());  // they were chosen for another size
  const Metrics a = model.evaluate(pictures(30, 1)), b = small.evaluate(pictures(30, 1));
  EXPECT_NEAR(a.data_loss, b.data_loss, 1e-5);
  EXPECT_GT(b.penalty, 0);
  small.fit(pictures(30), {.epochs = 1, .batch = 10});
  EXPECT_EQ(small.weights("conv2d_1.bias").size(), 2u);
}

TEST(ShrunkModel, LosesTheRulesOfLayersThatAreGone) {
  const Folder folder;
  const auto image = input();
  const auto stem = conv2d({.filters = 3, .activation = "relu"})(image);
  const auto sum = add()(stem, conv2d({.filters = 3, .kernel = 1})(stem));
  const Network network(image,
                        dense({.units = 3, .activation = "softmax"})(global_average_pool2d()(sum)));
  ModelOptions options = small_options();
  options.regularize.rules = {{.match = "conv2d_2*", .l1 = 1}, {.match = "conv*", .decay = 0.1}};
  options.frozen = {"conv2d_2.bias", "dense_1.bias"};
  Model model(network, options);
  model.set_weights("conv2d_2.kernel", std::vector<float>(9));
  model.shrunk().save(folder / "small");
  Model small = Model::load(folder / "small", 2);
  EXPECT_EQ(small.network().nodes().size(), 3u);
  EXPECT_EQ(small.options().regularize.rules, std::vector{options.regularize.rules[1]});
  EXPECT_EQ(small.options().frozen, std::vector<std::string>{"dense_1.bias"});
  const auto a = model.predict(pictures(9)), b = small.predict(pictures(9));
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

// The base l2 is that of the epoch of the weights, as in the file with the weights.
TEST(ShrunkModel, KeepsTheBaseOfItsPenalty) {
  ModelOptions options = small_options();
  options.regularize.l2 = 0.1;
  options.regularize.l2.kind = "linear";
  Model model(test::small_network(), options);
  model.fit(pictures(30), {.epochs = 2, .batch = 10});
  Model same = model.shrunk();
  EXPECT_EQ(same.evaluate(pictures(30)).penalty, model.evaluate(pictures(30)).penalty);
}

}  // namespace
}  // namespace ridgeline
