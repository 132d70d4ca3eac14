// Every layer of the engine against the reference, on random shapes.

#include "ridgeline/layers.hpp"

#include <fmt/format.h>

#include "oracle/harness.hpp"

namespace ridgeline::oracle {
namespace {

// Compares `make(random)` on many draws; most must be free of near-ties.
void compare_many(int draws, const std::function<Case(Random&)>& make) {
  int compared = 0;
  for (int draw = 0; draw < draws; ++draw) {
    Random random(static_cast<std::uint64_t>(draw), Purpose::test, 77);
    Case c = make(random);
    c.images = 1 + static_cast<std::int64_t>(random.below(7));
    c.threads = 1 + static_cast<int>(random.below(2));
    c.shards = 1 + static_cast<int>(random.below(4));
    std::ostringstream what;
    what << "draw " << draw << ": " << c.network << " on " << c.input.text() << ", " << c.images
         << " images, " << c.shards << " shards";
    SCOPED_TRACE(what.str());
    Harness harness(std::move(c), static_cast<std::uint64_t>(draw));
    compared += harness.compare(reference::cross_entropy_of(harness.labels()));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(compared, draws * 2 / 3) << "near-ties excluded the others";
}

std::int64_t pick(Random& random, std::initializer_list<std::int64_t> values) {
  return values.begin()[random.below(values.size())];
}

Case with_head(Random& random, std::vector<Layer> layers, Shape input, bool flat = false) {
  if (!flat) layers.push_back(flatten());
  layers.push_back(dense({.units = pick(random, {2, 3, 10}), .activation = "softmax"}));
  return {.network = Network(layers), .input = std::move(input)};
}

Shape image(Random& random) {
  return {pick(random, {1, 2, 3, 5, 16, 17, 33}), pick(random, {5, 6, 7, 9, 12}),
          pick(random, {5, 6, 8, 11})};
}

Padding padding(Random& random, std::int64_t most) {
  switch (random.below(3)) {
    case 0:
      return Padding::valid();
    case 1:
      return Padding::same();
    default:
      const auto pixels = [&] {
        return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most + 1)));
      };
      return {Padding::Kind::explicit_, pixels(), pixels(), pixels(), pixels()};
  }
}

TEST(Engine, Conv2D) {
  compare_many(60, [](Random& r) {
    const Shape in = image(r);
    const std::int64_t groups = in[0] % 2 == 0 ? pick(r, {1, 2}) : in[0] == 3 ? pick(r, {1, 3}) : 1;
    const std::int64_t filters = groups * pick(r, {1, 2, 5, 16, 17});
    const Layer layer = conv2d({.filters = filters,
                                .kernel = {pick(r, {1, 2, 3, 5}), pick(r, {1, 2, 3, 4})},
                                .stride = {pick(r, {1, 2}), pick(r, {1, 1, 3})},
                                .dilation = {pick(r, {1, 1}), pick(r, {1, 1, 2})},
                                .groups = groups,
                                .padding = padding(r, 2),
                                .activation = r.below(2) == 0 ? "linear" : "relu",
                                .use_bias = r.below(4) != 0});
    try {
      infer(Network({layer}), in);
    } catch (const std::exception&) {
      return with_head(r, {conv2d({.filters = filters, .groups = groups})}, in);
    }
    return with_head(r, {layer}, in);
  });
}

TEST(Engine, DepthwiseConv2D) {
  compare_many(10, [](Random& r) {
    Shape in = image(r);
    return with_head(
        r, {conv2d({.filters = 2 * in[0], .groups = in[0], .padding = Padding::same()})}, in);
  });
}

TEST(Engine, TwoConvolutionsAndMaxPools) {
  compare_many(20, [](Random& r) {
    return with_head(
        r,
        {conv2d({.filters = pick(r, {4, 16, 20}), .kernel = 3, .activation = "relu"}), max_pool2d(),
         conv2d({.filters = pick(r, {3, 32}), .kernel = {2, 3}, .activation = "leaky_relu(0.2)"}),
         max_pool2d({.window = {2, 1}})},
        {pick(r, {1, 3}), pick(r, {11, 12, 13}), pick(r, {12, 14})});
  });
}

TEST(Engine, MaxPool2D) {
  compare_many(30, [](Random& r) {
    const std::int64_t window = pick(r, {2, 3});
    const Layer pool =
        max_pool2d({.window = {window, pick(r, {2, 3})},
                    .stride = pick(r, {0, 1, 2}),
                    .padding = r.below(2) == 0 ? Padding::valid() : Padding::same()});
    return with_head(r, {pool}, image(r));
  });
}

TEST(Engine, AveragePool2D) {
  compare_many(30, [](Random& r) {
    const Layer pool = average_pool2d({.window = {pick(r, {2, 3}), pick(r, {2, 3})},
                                       .stride = pick(r, {0, 1, 2}),
                                       .padding = padding(r, 1)});
    return with_head(
        r, {conv2d({.filters = pick(r, {3, 16, 18}), .kernel = 1, .activation = "relu"}), pool},
        image(r));
  });
}

TEST(Engine, Upsample2D) {
  compare_many(20, [](Random& r) {
    const Layer up = upsample2d({.size = {pick(r, {1, 2, 3}), pick(r, {2, 4})},
                                 .interpolation = r.below(2) == 0 ? "nearest" : "bilinear"});
    return with_head(
        r, {conv2d({.filters = pick(r, {3, 16, 18}), .kernel = 3, .activation = "relu"}), up},
        image(r));
  });
}

// A U-Net's way: down, up again, and beside what was there before.
TEST(Engine, UpsamplingBesideAShortcut) {
  compare_many(10, [](Random& r) {
    const auto conv = [](std::int64_t filters) {
      return conv2d({.filters = filters, .padding = Padding::same(), .activation = "relu"});
    };
    const auto x = input();
    const auto fine = conv(pick(r, {4, 16, 17}))(x);
    const auto coarse = conv(pick(r, {8, 32}))(max_pool2d()(fine));
    const auto y = conv(pick(r, {5, 16}))(concat()(upsample2d()(coarse), fine));
    const auto scores = conv2d({.filters = 3, .kernel = 1})(y);
    const auto mean = activation("softmax")(global_average_pool2d()(scores));
    return Case{.network = Network(x, mean), .input = {pick(r, {1, 3}), 8, pick(r, {6, 12})}};
  });
}

TEST(Engine, GlobalAveragePool2D) {
  compare_many(10, [](Random& r) {
    return with_head(
        r, {conv2d({.filters = pick(r, {3, 16, 18}), .kernel = 3}), global_average_pool2d()},
        image(r), true);
  });
}

TEST(Engine, Dense) {
  compare_many(20, [](Random& r) {
    return with_head(r,
                     {flatten(), dense({.units = pick(r, {1, 7, 64}),
                                        .activation = r.below(2) ? "relu" : "tanh",
                                        .use_bias = r.below(3) != 0})},
                     image(r), true);
  });
}

TEST(Engine, Activations) {
  for (const char* name : {"linear", "relu", "relu6", "leaky_relu", "leaky_relu(0.3)", "sigmoid",
                           "tanh", "gelu", "silu", "softmax"}) {
    SCOPED_TRACE(name);
    compare_many(4, [&](Random& r) {
      return with_head(r,
                       {conv2d({.filters = pick(r, {5, 16, 19}), .kernel = 2, .activation = name}),
                        activation(name), flatten(), dense({.units = 9, .activation = name})},
                       image(r), true);
    });
  }
}

// Images so large that many numbers reach the bound: at the end of convolutions of every kind, of
// dense layers, and of normalisations with and without a shortcut.
TEST(Engine, Relu6ReachesItsBound) {
  compare_many(30, [](Random& r) {
    const std::int64_t channels = pick(r, {3, 16});
    const auto count = static_cast<std::size_t>(channels);
    const Layer large = normalize(
        {.mean = std::vector<double>(count, 0.1), .std = std::vector<double>(count, 0.1)});
    const auto conv = [&](std::int64_t filters, std::int64_t kernel, std::int64_t groups = 1) {
      return conv2d({.filters = filters,
                     .kernel = kernel,
                     .groups = groups,
                     .padding = Padding::same(),
                     .activation = r.below(2) == 0 ? "relu6" : "linear"});
    };
    std::vector<Layer> layers = {large};
    layers.push_back(conv(pick(r, {16, 20}), pick(r, {1, 3})));
    if (r.below(2) == 0) layers.push_back(activation("relu6"));
    layers.push_back(conv(pick(r, {16, 32}), 3, pick(r, {1, 2, 4})));
    layers.push_back(flatten());
    layers.push_back(dense({.units = 12, .activation = "relu6"}));
    Case c = with_head(r, layers, {channels, 5, 6}, true);
    c.winograd = r.below(3) != 0;
    return c;
  });
}

TEST(Engine, Relu6AfterBatchNorm) {
  compare_many(20, [](Random& r) {
    const std::int64_t filters = pick(r, {4, 16, 20});
    const auto conv = conv2d({.filters = filters, .padding = Padding::same(), .use_bias = false});
    const auto x = input();
    const auto y = batch_norm2d()(conv(x));
    // Batch-norm's numbers are near 1, and 6 is far: the shortcut's are not.
    const auto large =
        normalize({.mean = std::vector<double>(static_cast<std::size_t>(filters)),
                   .std = std::vector<double>(static_cast<std::size_t>(filters), 0.1)})(
            conv2d({.filters = filters, .kernel = 1, .use_bias = false})(x));
    const auto sum = r.below(2) == 0 ? add()(y, large) : add()(large, y);
    const auto z = activation("relu6")(batch_norm2d()(conv(activation("relu6")(sum))));
    return Case{.network = Network(x, dense({.units = 3, .activation = "softmax"})(flatten()(z))),
                .input = {pick(r, {3, 16}), 6, 7},
                .images = 4,
                .tolerance = 1e-4};
  });
}

TEST(Engine, ConvolutionIntoMaxPool) {
  compare_many(40, [](Random& r) {
    const auto conv = [&](std::int64_t filters) {
      return conv2d({.filters = filters,
                     .kernel = {pick(r, {1, 2, 3}), pick(r, {1, 3})},
                     .stride = pick(r, {1, 1, 2}),
                     .padding = padding(r, 1),
                     .activation = std::string(std::vector<const char*>{
                         "linear", "relu", "leaky_relu", "tanh"}[r.below(4)]),
                     .use_bias = r.below(4) != 0});
    };
    const auto pool = max_pool2d({.window = {pick(r, {1, 2, 3}), 2}, .stride = pick(r, {1, 2})});
    const std::int64_t first = pick(r, {1, 4, 16, 17});
    const Shape in{pick(r, {1, 3, 16}), pick(r, {12, 15}), pick(r, {13, 16})};
    return with_head(r, {conv(first), pool, conv(pick(r, {2, 16, 33})), max_pool2d({.window = 1})},
                     in);
  });
}

// Where Winograd's algorithm fits, with it and without, and with rows that no later layer reads.
TEST(Engine, WinogradIntoMaxPool) {
  compare_many(24, [](Random& r) {
    const auto conv = [&](std::int64_t filters) {
      return conv2d({.filters = filters,
                     .kernel = 3,
                     .padding = padding(r, 1),
                     .activation = r.below(2) == 0 ? "relu" : "linear"});
    };
    const Layer first = conv(pick(r, {16, 17})), second = conv(pick(r, {16, 33}));
    const Shape in{pick(r, {1, 16, 20}), pick(r, {12, 13, 15}), pick(r, {12, 14, 15})};
    Case c = with_head(r, {first, max_pool2d(), second, max_pool2d()}, in);
    c.winograd = r.below(3) != 0;
    return c;
  });
}

TEST(Engine, BatchNorm2D) {
  compare_many(20, [](Random& r) {
    Case c = with_head(r,
                       {conv2d({.filters = pick(r, {3, 8, 16, 20}), .kernel = 3}), batch_norm2d(),
                        activation("relu"), conv2d({.filters = 5, .kernel = 1}), batch_norm2d()},
                       image(r));
    c.tolerance = 1e-4;  // the statistics cancel most of each gradient
    return c;
  });
}

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

// Between all that is computed together where nothing stands between.
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

// Its gradient is that of the mean over the images, whatever the loss weighs.
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

// An activation of 0 has no gradient of its own, from either side.
TEST(Engine, ActivityRegularizationHasNoSlopeAtZero) {
  const Network network({activity_regularization({.l2 = 1, .l1 = 1}), flatten(),
                         dense({.units = 3, .use_bias = false}),
                         activity_regularization({.l2 = 0, .l1 = 1}),
                         dense({.units = 2, .activation = "softmax"})});
  Harness h({.network = network, .input = {1, 2, 2}, .images = 2}, 1);
  std::ranges::fill(h.state().weights(0), 0.0F);
  for (std::size_t p : {1, 2}) std::ranges::fill(h.state().weights(p), 0.0F);
  h.state().touch();
  const engine::LossSums sums =
      h.engine().gradient(h.state(), h.batch(), *cross_entropy(), {2, true});
  double expected = 0;
  for (const float v : h.batch().inputs) expected += 0.5 * v * v + std::abs(v);
  EXPECT_NEAR(sums.activity, expected, 1e-6 * expected) << "of the images themselves";
  for (const float g : h.engine().gradient_of(h.state(), 0)) EXPECT_EQ(g, 0);
}

TEST(Engine, Normalize) {
  compare_many(6, [](Random& r) {
    return with_head(r,
                     {normalize({.mean = {0.4, 0.5, 0.6}, .std = {0.2, 0.3, 0.4}}),
                      conv2d({.filters = 4, .kernel = 3}),
                      normalize({.mean = {0, 1, 2, 3}, .std = {1, 2, 3, 4}})},
                     {3, 6, 7});
  });
}

TEST(Engine, GraphsWithSharedValuesAddAndConcat) {
  compare_many(20, [](Random& r) {
    const auto x = input();
    const auto a = conv2d({.filters = pick(r, {4, 16}),
                           .kernel = 3,
                           .padding = Padding::same(),
                           .activation = "relu"})(x);
    const std::int64_t more = pick(r, {3, 16, 17});
    const auto b = conv2d({.filters = more, .kernel = 1})(a);
    const auto c = conv2d({.filters = more, .kernel = 3, .padding = Padding::same()})(x);
    const auto sum = activation("relu")(add()(b, c, b));
    const auto all = concat()(a, sum, x);
    const auto pooled = max_pool2d()(all);
    const auto y = dense({.units = 4, .activation = "softmax"})(flatten()(pooled));
    return Case{.network = Network(x, y), .input = image(r)};
  });
}

TEST(Engine, ResidualBlockWithBatchNorm) {
  compare_many(10, [](Random& r) {
    const std::int64_t f = pick(r, {8, 16});
    const auto x = input();
    const auto stem = conv2d({.filters = f, .kernel = 3, .padding = Padding::same()})(x);
    auto y = activation("relu")(batch_norm2d()(stem));
    y = conv2d({.filters = f, .kernel = 3, .padding = Padding::same(), .use_bias = false})(y);
    y = activation("relu")(add()(batch_norm2d()(y), stem));
    y = dense({.units = 3, .activation = "softmax"})(global_average_pool2d()(y));
    return Case{.network = Network(x, y), .input = image(r), .tolerance = 1e-4};
  });
}

// What inference folds into the kernels, on running statistics that training has moved.
TEST(Engine, BatchNormFoldedAtInference) {
  for (const std::int64_t filters : {5, 16, 20}) {
    for (const bool bias : {false, true}) {
      const auto conv = [&](std::int64_t stride) {
        return conv2d(
            {.filters = filters, .stride = stride, .padding = Padding::same(), .use_bias = bias});
      };
      Case c{.network =
                 Network({conv(1), batch_norm2d({.momentum = 0.5}), conv(1),
                          batch_norm2d({.momentum = 0.5}), activation("leaky_relu(0.1)"), conv(2),
                          batch_norm2d(), flatten(), dense({.units = 4, .activation = "softmax"})}),
             .input = {3, 8, 9},
             .images = 6,
             .tolerance = 1e-4};  // the statistics cancel most of each gradient
      Harness harness(std::move(c), 5);
      const auto loss = reference::cross_entropy_of(harness.labels());
      harness.compare(loss);
      harness.compare(loss);  // now with statistics that the first training pass has moved
    }
  }
}

TEST(Engine, Presets) {
  for (const std::string& name : small_presets()) {
    SCOPED_TRACE(name);
    Case c{.network = preset(name, 10), .input = {3, 32, 32}, .images = 2};
    Harness harness(std::move(c), 3);
    harness.compare(reference::cross_entropy_of(harness.labels()));
  }
}

TEST(Engine, Losses) {
  const auto body = [](const char* last, std::int64_t units) {
    return Network({conv2d({.filters = 6, .kernel = 3, .activation = "tanh"}), flatten(),
                    dense({.units = units, .activation = last})});
  };
  const auto check = [](Case c, auto&& loss) {
    c.images = 5;
    Harness harness(std::move(c), 8);
    EXPECT_TRUE(harness.compare(loss(harness.labels())));
  };
  const Shape in{2, 6, 6};
  check({.network = body("softmax", 4), .input = in, .loss = mean_squared_error()},
        [](auto labels) { return reference::mean_squared_error_of(labels); });
  check({.network = body("linear", 4), .input = in, .loss = mean_squared_error()},
        [](auto labels) { return reference::mean_squared_error_of(labels); });
  check({.network = body("sigmoid", 1), .input = in, .loss = binary_cross_entropy()},
        [](auto labels) { return reference::binary_cross_entropy_of(labels); });
  check({.network = body("softmax", 4),
         .input = in,
         .loss = cross_entropy({.label_smoothing = 0.1, .class_weights = {}})},
        [](auto labels) { return reference::cross_entropy_of(labels, 0.1); });
}

}  // namespace
}  // namespace ridgeline::oracle
