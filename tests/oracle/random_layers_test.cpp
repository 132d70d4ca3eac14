// Compares dropout, noise and penalties of activations with the reference.

#include "oracle/draws.hpp"

namespace ridgeline::oracle {
namespace {

TEST(Engine, Dropout) {
  compare_many(10, [](Random& r) {
    return with_head(r,
                     {conv2d({.filters = pick(r, {3, 16}), .kernel = 3, .activation = "relu"}),
                      dropout({.rate = 0.3}), flatten(), dense({.units = 20}), dropout()},
                     image(r), true);
  });
}

TEST(Engine, SpatialDropout2D) {
  compare_many(20, [](Random& r) {
    const auto conv = [&](const char* activation) {
      return conv2d({.filters = pick(r, {3, 16, 20}),
                     .kernel = 3,
                     .padding = Padding::same(),
                     .activation = activation});
    };
    return with_head(r,
                     {conv("relu"), spatial_dropout2d({.rate = 0.3}), conv("relu"), max_pool2d(),
                      spatial_dropout2d(), conv("tanh"), spatial_dropout2d({.rate = 0})},
                     image(r));
  });
}

TEST(Engine, GaussianNoise) {
  compare_many(10, [](Random& r) {
    return with_head(
        r,
        {gaussian_noise({.stddev = 0.2}), conv2d({.filters = pick(r, {3, 16}), .kernel = 3}),
         gaussian_noise({.stddev = 1}), activation("tanh"), flatten(),
         dense({.units = 20, .activation = "relu"}), gaussian_noise({.stddev = 0.5})},
        image(r), true);
  });
}

// Puts penalties between layers that would otherwise be fused.
TEST(Engine, ActivityRegularization) {
  compare_many(40, [](Random& r) {
    const auto conv = [&](const char* activation) {
      return conv2d({.filters = pick(r, {3, 16, 20}),
                     .kernel = 3,
                     .padding = Padding::same(),
                     .activation = activation});
    };
    const auto penalty = [&] {
      return activity_regularization({.l2 = r.below(4) == 0 ? 0 : 0.1 * r.uniform_double(),
                                      .l1 = r.below(4) == 0 ? 0 : 0.02 * r.uniform_double()});
    };
    std::vector<Layer> layers{conv("relu"),       max_pool2d(),
                              conv("leaky_relu"), max_pool2d(),
                              flatten(),          dense({.units = 12, .activation = "relu"})};
    for (auto place = static_cast<std::ptrdiff_t>(layers.size()); place >= 0; --place) {
      if (r.below(2) == 0) layers.insert(layers.begin() + place, penalty());
    }
    return with_head(r, layers, {pick(r, {1, 3, 16}), pick(r, {8, 11}), pick(r, {8, 10})}, true);
  });
}

TEST(Engine, ActivityRegularizationInGraphs) {
  compare_many(20, [](Random& r) {
    const auto penalty = activity_regularization({.l2 = 0.1, .l1 = 0.01});
    const auto conv = [&](std::int64_t filters) {
      return conv2d({.filters = filters, .padding = Padding::same(), .activation = "relu"});
    };
    const std::int64_t filters = pick(r, {4, 16});
    const auto x = input();
    const auto a = conv(filters)(x);
    const auto b = conv(filters)(penalty(a));
    const auto sum = penalty(add()(b, a));
    const auto normed = penalty(activation("relu")(batch_norm2d()(conv(filters)(sum))));
    const auto y = penalty(global_average_pool2d()(concat()(normed, penalty(sum))));
    return Case{.network = Network(x, dense({.units = 4, .activation = "softmax"})(y)),
                .input = image(r),
                .tolerance = 1e-4};  // the statistics cancel most of each gradient
  });
}

// Its gradient is that of the mean over the images, whatever the weights of the loss.
TEST(Engine, ActivityRegularizationBesideClassWeights) {
  const LossPtr loss = cross_entropy({.label_smoothing = 0, .class_weights = {0.5, 2, 1}});
  Harness harness({.network = Network({conv2d({.filters = 4, .activation = "tanh"}),
                                       activity_regularization({.l2 = 0.2, .l1 = 0.1}), flatten(),
                                       dense({.units = 3, .activation = "softmax"})}),
                   .input = {2, 6, 6},
                   .images = 7,
                   .loss = loss},
                  4);
  const auto expected = reference::cross_entropy_of(harness.labels(), 0, {0.5, 2, 1});
  const auto result = harness.expected(true, expected, Head::logits);
  ASSERT_GT(result.margin.smallest, near_tie);
  const double weight = loss->weight(harness.batch().targets);
  const engine::LossSums sums =
      harness.engine().gradient(harness.state(), harness.batch(), *loss, {weight, true});
  EXPECT_NEAR(sums.loss / weight, result.loss, 1e-5);
  EXPECT_NEAR(sums.activity / 7, result.activity, 1e-5);
  for (std::size_t p = 0; p < harness.state().parameters().size(); ++p) {
    const std::string& name = harness.state().parameters()[p].name;
    expect_close(harness.engine().gradient_of(harness.state(), p), result.gradients.at(name), 2e-5,
                 name);
  }
}

// An activation of 0 has no gradient, from either side.
TEST(Engine, ActivityRegularizationHasNoSlopeAtZero) {
  const Network network({activity_regularization({.l2 = 1, .l1 = 1}), flatten(),
                         dense({.units = 3, .use_bias = false}),
                         activity_regularization({.l2 = 0, .l1 = 1}),
                         dense({.units = 2, .activation = "softmax"})});
  Harness h({.network = network, .input = {1, 2, 2}, .images = 2}, 1);
  std::ranges::fill(h.state().weights(0), 0.0F);
  for (const std::size_t p : {1, 2}) std::ranges::fill(h.state().weights(p), 0.0F);
  h.state().touch();
  const engine::LossSums sums =
      h.engine().gradient(h.state(), h.batch(), *cross_entropy(), {2, true});
  double expected = 0;
  for (const float v : h.batch().inputs) expected += 0.5 * v * v + std::abs(v);
  EXPECT_NEAR(sums.activity, expected, 1e-6 * expected) << "of the images themselves";
  for (const float g : h.engine().gradient_of(h.state(), 0)) EXPECT_EQ(g, 0);
}

}  // namespace
}  // namespace ridgeline::oracle
