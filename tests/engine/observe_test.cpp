// Compares Engine::observe with the outputs of networks that end after each layer.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/engine.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine {
namespace {

constexpr std::int64_t images = 5;

std::vector<float> pictures(const Shape& shape) {
  Random random(2, Purpose::test);
  std::vector<float> pixels(static_cast<std::size_t>(images * shape.elements()));
  for (float& pixel : pixels) pixel = random.uniform();
  return pixels;
}

void randomise(State& state) {
  Random random(4, Purpose::test);
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    for (float& w : state.weights(p)) w += 0.3F * random.uniform();
  }
  state.touch();
}

// Sums over the outputs of the network that ends with node `last`.
ActivationSums expected(const Engine& whole, const State& state, std::size_t last,
                        const std::vector<float>& pixels) {
  const auto& nodes = whole.network().nodes();
  const auto end = nodes.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  Engine part(Network(std::vector<Node>(nodes.begin(), end)), whole.layout().input,
              {.threads = 1, .compute = {.winograd = false}});
  State copy = part.initial_state(1);
  for (std::size_t p = 0; p < copy.parameters().size(); ++p) {
    std::ranges::copy(state.weights(p), copy.weights(p).begin());
  }
  copy.touch();
  const Shape& shape = part.layout().output();
  std::vector<float> outputs(static_cast<std::size_t>(images * shape.elements()));
  part.predict(copy, {.images = images, .inputs = pixels}, outputs);
  const auto channels = static_cast<std::size_t>(shape[0]);
  ActivationSums sums;
  sums.count = static_cast<double>(outputs.size());
  sums.largest.resize(channels);
  const std::size_t positions = outputs.size() / channels / images;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double size = std::abs(outputs[i]);
    sums.square += size * size;
    sums.absolute += size;
    sums.largest[i / positions % channels] = std::max(sums.largest[i / positions % channels], size);
  }
  return sums;
}

void expect_observed(const Network& network, const Options& options) {
  const Shape input{2, 9, 9};
  Engine engine(network, input, options);
  State state = engine.initial_state(1);
  randomise(state);
  const auto pixels = pictures(input);
  const auto observed = engine.observe(state, {.images = images, .inputs = pixels});
  ASSERT_EQ(observed.size(), network.nodes().size());
  for (std::size_t n = 0; n < observed.size(); ++n) {
    SCOPED_TRACE(network.nodes()[n].name);
    const ActivationSums wanted = expected(engine, state, n, pixels);
    EXPECT_EQ(observed[n].count, wanted.count);
    EXPECT_NEAR(observed[n].square, wanted.square, 1e-5 * wanted.square);
    EXPECT_NEAR(observed[n].absolute, wanted.absolute, 1e-5 * wanted.absolute);
    ASSERT_EQ(observed[n].largest.size(), wanted.largest.size());
    for (std::size_t c = 0; c < wanted.largest.size(); ++c) {
      EXPECT_NEAR(observed[n].largest[c], wanted.largest[c], 1e-5 * wanted.largest[c]);
    }
  }
}

Network fused_layers() {
  return Network{conv2d({.filters = 3, .activation = "relu"}),
                 max_pool2d(),
                 conv2d({.filters = 20, .kernel = 2}),
                 batch_norm2d(),
                 activation("relu"),
                 dropout({.rate = 0.5}),
                 flatten(),
                 dense({.units = 6, .activation = "tanh"}),
                 dense({.units = 3, .activation = "softmax"})};
}

TEST(Observe, EveryLayerOfFusedOnes) {
  for (const int shards : {1, 2, 3}) {
    expect_observed(fused_layers(), {.threads = 2, .shards = shards});
  }
}

TEST(Observe, MoreThreadsThanShardsAndBf16) {
  expect_observed(fused_layers(), {.threads = 4, .shards = 1});
  expect_observed(fused_layers(), {.threads = 1, .compute = {.precision = Precision::bf16}});
}

TEST(Observe, LeavesTrainingAsItWas) {
  const Shape input{2, 9, 9};
  Engine engine(fused_layers(), input, {.threads = 1});
  State state = engine.initial_state(1);
  const auto pixels = pictures(input);
  std::vector<float> before(images * 3), after(images * 3);
  engine.predict(state, {.images = images, .inputs = pixels}, before);
  const std::uint64_t version = state.version();
  engine.observe(state, {.images = images, .inputs = pixels});
  EXPECT_EQ(state.version(), version);
  engine.predict(state, {.images = images, .inputs = pixels}, after);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace ridgeline::engine
