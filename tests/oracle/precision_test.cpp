// Training in bf16 gives the results of fp32, to the precision of bf16.

#include <fmt/format.h>

#include <cmath>

#include "engine/onednn.hpp"
#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"

namespace ridgeline::oracle {
namespace {

struct Gradient {
  engine::LossSums sums, evaluated;
  std::vector<std::vector<float>> of_parameters;
};

Gradient gradient_of(const Network& network, const Shape& input, engine::Options options,
                     std::int64_t images) {
  options.threads = options.shards = 2;
  engine::Engine engine(network, input, options);
  engine::State state = engine.initial_state(3);
  Random random(3, Purpose::test, 5);
  const auto pixels = random_values(static_cast<std::size_t>(images * input.elements()), random);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < images; ++i) labels.push_back(static_cast<std::int32_t>(i % 3));
  const engine::Batch batch{images, pixels, class_targets(labels)};
  Gradient result;
  const LossPtr loss = cross_entropy();
  result.sums = engine.gradient(state, batch, *loss, {static_cast<double>(images)});
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    if (state.parameters()[p].spec.role == Role::statistic) continue;
    result.of_parameters.push_back(engine.gradient_of(state, p));
  }
  result.evaluated = engine.evaluate(state, batch, *loss);
  return result;
}

double difference(const std::vector<float>& a, const std::vector<float>& b) {
  double square = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    square += std::pow(a[i] - b[i], 2);
    norm += std::pow(b[i], 2);
  }
  return std::sqrt(square / (norm + 1e-12));
}

// The largest relative difference of a parameter's gradient in bf16. Rounding sometimes changes the
// choice of a ReLU or a pool, so it is not as small as 2^-9.
double worst(const Network& network, const Shape& input, engine::Options options) {
  options.compute.precision = Precision::fp32;
  const Gradient full = gradient_of(network, input, options, 24);
  options.compute.precision = Precision::bf16;
  const Gradient half = gradient_of(network, input, options, 24);
  for (const auto& [got, expected] :
       {std::pair{half.sums, full.sums}, {half.evaluated, full.evaluated}}) {
    EXPECT_NEAR(got.loss, expected.loss, 0.01 * expected.loss);
    EXPECT_NEAR(got.activity, expected.activity, 0.01 * expected.activity);
  }
  EXPECT_NE(half.sums.loss, full.sums.loss) << "nothing was rounded";
  double most = 0;
  for (std::size_t p = 0; p < full.of_parameters.size(); ++p) {
    double norm = 0;
    for (const float g : full.of_parameters[p]) norm += g * g;
    if (norm < 1e-10) continue;  // zero except for rounding, such as a bias before batch-norm
    most = std::max(most, difference(half.of_parameters[p], full.of_parameters[p]));
  }
  return most;
}

Layer conv(std::int64_t filters, const std::string& activation, int stride = 1) {
  return conv2d({.filters = filters,
                 .kernel = 3,
                 .stride = stride,
                 .padding = Padding::same(),
                 .activation = activation});
}

// Networks with every way to pass images from layer to layer.
std::vector<std::pair<std::string, Network>> networks() {
  const Layer head = dense({.units = 3, .activation = "softmax"});
  const auto ended = [&](std::vector<Layer> layers) {
    layers.push_back(flatten());
    layers.push_back(head);
    return Network(layers);
  };
  const auto x = input();
  const auto stem = activation("relu")(batch_norm2d()(conv(16, "linear")(x)));
  const auto deep = batch_norm2d()(conv(16, "linear")(stem));
  const auto sum = activation("relu")(add()(deep, stem));
  const auto small = add()(conv(24, "relu", 2)(sum), conv(24, "linear", 2)(sum));
  const auto all = concat()(upsample2d()(max_pool2d({.window = 1})(small)), sum);
  const Network residual(x, head(global_average_pool2d()(conv(16, "relu")(all))));
  return {
      {"pools", ended({conv(16, "relu"), max_pool2d(), conv(20, "leaky_relu"), max_pool2d(),
                       conv(8, "relu"), dropout({.rate = 0.2})})},
      {"regularized",
       ended({conv(16, "relu"), activity_regularization({.l2 = 0.01, .l1 = 0.001}), max_pool2d(),
              spatial_dropout2d({.rate = 0.2}), conv(20, "relu"), gaussian_noise({.stddev = 0.1}),
              max_pool2d(), activity_regularization({.l2 = 0.01})})},
      {"valid", ended({conv2d({.filters = 8, .kernel = 5, .activation = "relu"}), max_pool2d(),
                       conv2d({.filters = 16, .kernel = 3, .activation = "relu"}), max_pool2d()})},
      {"tanh", ended({conv(6, "tanh"), average_pool2d(), conv(16, "relu", 2), max_pool2d()})},
      {"residual", residual}};
}

TEST(Bf16, TrainsAsFp32DoesButForRounding) {
  for (const auto& [name, network] : networks()) {
    SCOPED_TRACE(name);
    EXPECT_LT(worst(network, {3, 16, 16}, {}), 0.1);
    EXPECT_LT(worst(network, {3, 16, 16}, {.compute = {.winograd = false}}), 0.1);
  }
}

TEST(Bf16, LeavesConvolutionsToOneDnnInBf16WhereThatIsFaster) {
  if (engine::dnn::bf16_use() == engine::Bf16Use::none) {
    GTEST_SKIP() << "oneDNN's convolutions in bf16 need a CPU with AVX-512";
  }
  for (const auto& [name, network] : networks()) {
    for (const bool fused : {true, false}) {
      SCOPED_TRACE(fmt::format("{}, {}", name, fused ? "fused" : "by oneDNN alone"));
      EXPECT_LT(
          worst(network, {3, 16, 16}, {.fused = fused, .bf16_use = engine::Bf16Use::convolutions}),
          0.2);
    }
  }
}

TEST(Bf16, TakesLessMemory) {
  for (const auto& [name, most] : {std::pair{"vgg-small", 0.85}, {"resnet20", 0.6}}) {
    const auto bytes = [&](Precision precision) {
      engine::Engine engine(preset(name, 10), {3, 32, 32},
                            {.threads = 1, .compute = {.precision = precision}});
      engine::State state = engine.initial_state(1);
      const std::vector<float> pixels(std::size_t{16 * 3 * 32 * 32}, 0.5F);
      const std::vector<std::int32_t> labels(16, 1);
      return static_cast<double>(
          engine.profile(state, {16, pixels, class_targets(labels)}, *cross_entropy(), true, 1)
              .arena_bytes);
    };
    EXPECT_LT(bytes(Precision::bf16), most * bytes(Precision::fp32)) << name;
  }
}

TEST(Bf16, NeedsNothingOfOneDnn) {
  for (const auto& [name, network] : networks()) {
    SCOPED_TRACE(name);
    EXPECT_LT(worst(network, {3, 16, 16}, {.bf16_use = engine::Bf16Use::none}), 0.1);
  }
}

}  // namespace
}  // namespace ridgeline::oracle
