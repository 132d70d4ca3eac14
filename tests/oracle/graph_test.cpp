// Compares graphs, normalisations, presets and losses of the engine with the reference.

#include "oracle/draws.hpp"

namespace ridgeline::oracle {
namespace {

// As in a U-Net: down, up again, and joined with the earlier values.
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

// Tests what inference folds into the kernels, with running statistics that training has changed.
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
      harness.compare(loss);  // now with statistics that the first training pass has changed
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
