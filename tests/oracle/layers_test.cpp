// Compares convolutions, pools, upsampling and dense layers of the engine with the reference, on
// random shapes.

#include "oracle/draws.hpp"

namespace ridgeline::oracle {
namespace {

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

// Outputs that are smaller and larger than the image. Some sizes divide the image's, others do not.
TEST(Engine, AdaptiveAveragePool2D) {
  compare_many(30, [](Random& r) {
    const Layer pool =
        adaptive_average_pool2d({.size = {pick(r, {1, 2, 3, 7}), pick(r, {1, 4, 9, 12})}});
    return with_head(
        r, {conv2d({.filters = pick(r, {3, 16, 18}), .kernel = 1, .activation = "relu"}), pool},
        image(r));
  });
}

// It passes its input on.
TEST(Engine, AdaptiveAveragePool2DOfTheSameSize) {
  compare_many(5, [](Random& r) {
    return with_head(r,
                     {conv2d({.filters = pick(r, {3, 16}), .kernel = 1, .activation = "relu"}),
                      adaptive_average_pool2d({.size = {5, 7}})},
                     {pick(r, {1, 3}), 5, 7});
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

// Layers for which Winograd's algorithm can be used, with it and without, and with rows that no
// later layer reads.
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

}  // namespace
}  // namespace ridgeline::oracle
