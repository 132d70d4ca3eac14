// Compares the engine's activations, fused with other layers or not, with the reference.

#include "oracle/draws.hpp"

namespace ridgeline::oracle {
namespace {

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
    // The numbers of a batch normalisation are near 1, far below 6. Those of the shortcut are
    // larger.
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

}  // namespace
}  // namespace ridgeline::oracle
