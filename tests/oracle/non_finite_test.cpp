// A NaN or an infinite number in a pixel, a kernel or a bias reaches the same outputs of whole
// networks as in the reference, on every instruction set that this machine runs and in both
// precisions. No ReLU, pool, normalisation or rounding makes it finite.

#include <fmt/format.h>

#include "engine/targets.hpp"
#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"

namespace ridgeline::oracle {
namespace {

constexpr std::int64_t images = 3, poisoned_image = 1, classes = 5;

// The place of the number: a pixel of one image, or a parameter.
struct Place {
  std::string parameter;  // such as "conv2d_1.kernel"; empty: a pixel
  float number;
};

void put(Harness& harness, const Place& place, const Shape& input) {
  if (place.parameter.empty()) {
    const auto size = static_cast<std::size_t>(input.elements());
    harness.inputs()[poisoned_image * size + size / 2 + 3] = place.number;
    return;
  }
  const auto& parameters = harness.state().parameters();
  const auto p = std::ranges::find(parameters, place.parameter, &Parameter::name);
  ASSERT_NE(p, parameters.end()) << place.parameter;
  const auto values = harness.state().weights(static_cast<std::size_t>(p - parameters.begin()));
  values[values.size() / 2] = place.number;
  harness.state().touch();
}

// If a number is NaN in the reference, it is NaN in the engine. If it is infinite there, it is not
// finite here.
void expect_kept(std::span<const float> got, const std::vector<double>& expected,
                 const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(expected[i])) {
      ASSERT_TRUE(std::isnan(got[i])) << what << " " << i << " is " << got[i];
    } else if (std::isinf(expected[i])) {
      ASSERT_FALSE(std::isfinite(got[i])) << what << " " << i << " is " << got[i];
    }
  }
}

struct Expected {
  reference::Result predicted, trained;
};

Expected expected_of(const Case& c, const Place& place) {
  Harness harness(c, 3);
  put(harness, place, c.input);
  const auto loss = reference::cross_entropy_of(harness.labels());
  return {harness.expected(false, loss, Head::output), harness.expected(true, loss, Head::logits)};
}

void compare(const Case& c, const Place& place, const Expected& expected) {
  Harness harness(c, 3);
  put(harness, place, c.input);
  std::vector<float> values(static_cast<std::size_t>(images * harness.outputs()));
  harness.engine().predict(harness.state(), harness.batch(), values);
  expect_kept(values, expected.predicted.output.data, "predicted");
  for (std::size_t i = 0; place.parameter.empty() && i < values.size(); ++i) {
    const bool other = static_cast<std::int64_t>(i) / harness.outputs() != poisoned_image;
    if (other) {
      ASSERT_TRUE(std::isfinite(values[i])) << "it went into another image";
    }
  }
  const engine::LossSums sums = harness.engine().gradient(harness.state(), harness.batch(), *c.loss,
                                                          {double{images}}, values);
  expect_kept(values, expected.trained.output.data, "training values");
  if (!std::isfinite(expected.trained.loss)) {
    EXPECT_FALSE(std::isfinite(sums.loss));
  }
  for (std::size_t p = 0; p < harness.state().parameters().size(); ++p) {
    const Parameter& parameter = harness.state().parameters()[p];
    if (parameter.spec.role == Role::statistic) continue;
    expect_kept(harness.engine().gradient_of(harness.state(), p),
                expected.trained.gradients.at(parameter.name), "gradient of " + parameter.name);
  }
}

void check(const Network& network, const Shape& input) {
  std::vector<Place> places{{"", NAN}, {"", INFINITY}};
  const auto parameters = infer(network, input).parameters;
  const auto kernel =
      std::ranges::find(parameters, Role::kernel, [](const Parameter& p) { return p.spec.role; });
  places.push_back({kernel->name, NAN});
  const auto bias =
      std::ranges::find(parameters, Role::bias, [](const Parameter& p) { return p.spec.role; });
  places.push_back({bias->name, -NAN});
  for (const Place& place : places) {
    SCOPED_TRACE(fmt::format("{} in {}", place.number, place.parameter));
    Case c{.network = network, .input = input, .images = images};
    const Expected expected = expected_of(c, place);
    if (std::isnan(place.number)) {
      ASSERT_TRUE(std::isnan(expected.trained.loss)) << "nothing to keep";
    }
    engine::kernels::on_every_target(2, [&](std::uint64_t draw) {
      c.precision = draw == 0 ? Precision::fp32 : Precision::bf16;
      compare(c, place, expected);
    });
  }
}

TEST(NonFinite, ComesOutOfEveryPreset) {
  for (const std::string& name : small_presets()) {
    SCOPED_TRACE(name);
    // The double-precision reference takes minutes for the large presets. Their layers are of the
    // same kinds as those of resnet20 and of the blocks below.
    if (infer(preset(name, classes), {3, 16, 16}).trainable() > 1'000'000) continue;
    check(preset(name, classes), {3, 16, 16});
  }
}

Layer conv(std::int64_t filters, const std::string& activation, Pair kernel = 3) {
  return conv2d(
      {.filters = filters, .kernel = kernel, .padding = Padding::same(), .activation = activation});
}

TEST(NonFinite, ComesOutOfEveryKindOfLayer) {
  const Layer head = dense({.units = classes, .activation = "softmax"});
  const auto ended = [&](std::vector<Layer> layers) {
    layers.push_back(flatten());
    layers.push_back(head);
    return Network(layers);
  };
  // oneDNN's convolutions, steps of activations alone, a softmax of pixels.
  for (const char* name :
       {"relu", "relu6", "leaky_relu(0.2)", "sigmoid", "tanh", "gelu", "silu", "softmax"}) {
    SCOPED_TRACE(name);
    check(ended({conv(6, name, 5), conv(4, "linear", 1), activation(name)}), {3, 8, 8});
  }
  // A max-pool with more positions than a byte can count, and one with overlapping windows.
  check(ended({conv(20, "relu"), conv(6, "gelu"), max_pool2d({.window = 17, .stride = 1})}),
        {2, 18, 18});
  check(ended({conv(6, "tanh"), max_pool2d({.window = 3, .stride = 2}), conv(4, "relu"),
               average_pool2d({.window = 2})}),
        {2, 12, 12});
  // Sums, stacks and random layers.
  const auto x = input();
  const auto stem = activation("relu")(batch_norm2d()(
      conv(16, "linear")(normalize({.mean = {0.1, 0.2, 0.3}, .std = {0.5, 1, 2}})(x))));
  const auto deep = activation("leaky_relu")(batch_norm2d()(conv(16, "linear")(stem)));
  const auto noisy = gaussian_noise({.stddev = 0.1})(spatial_dropout2d({.rate = 0.2})(deep));
  const auto wide = upsample2d()(max_pool2d({.window = 2})(add()(noisy, stem)));
  const auto all = activity_regularization({.l2 = 0.01, .l1 = 0.01})(concat()(wide, stem));
  check(Network(x, head(dropout({.rate = 0.3})(global_average_pool2d()(conv(16, "relu")(all))))),
        {3, 8, 8});
  // The parts of large presets: a padded max-pool, an inverted residual.
  const auto small = max_pool2d({.window = 3, .stride = 2, .padding = Padding::pixels(1)})(x);
  const auto wide6 = activation("relu6")(batch_norm2d()(conv(16, "linear", 1)(small)));
  const auto depthwise = activation("relu6")(batch_norm2d()(
      conv2d({.filters = 16, .groups = 16, .padding = Padding::same(), .use_bias = false})(wide6)));
  const auto narrow = add()(small, batch_norm2d()(conv(3, "linear", 1)(depthwise)));
  check(Network(x, head(global_average_pool2d()(narrow))), {3, 9, 9});
}

}  // namespace
}  // namespace ridgeline::oracle
