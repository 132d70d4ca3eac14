// Compares the reference, the engine and the losses with PyTorch's results.

#include "support/golden.hpp"

#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"

namespace ridgeline::oracle {
namespace {

struct LayerCase {
  Network network;
  Shape input;
  LossPtr loss = cross_entropy();
  // The reference's own loss; by default cross-entropy.
  std::function<reference::LossFunction(std::vector<std::int32_t>)> reference_loss =
      [](auto labels) { return reference::cross_entropy_of(labels); };
};

Layer head(std::int64_t classes = 3) {
  return dense({.units = classes, .activation = "softmax"});
}

Network residual() {
  const auto x = input();
  const auto a =
      conv2d({.filters = 3, .kernel = 3, .padding = Padding::pixels(1), .activation = "relu"})(x);
  const auto b = conv2d({.filters = 3, .kernel = 1})(a);
  return Network(x, head()(flatten()(concat()(add()(a, b), x))));
}

std::map<std::string, LayerCase> layer_cases() {
  const auto activated = [](const char* name) {
    return LayerCase{Network({activation(name), flatten(), head()}), {2, 3, 3}};
  };
  const auto flat = [](Layer last, LossPtr loss, auto reference_loss) {
    return LayerCase{
        Network({flatten(), std::move(last)}), {1, 3, 3}, std::move(loss), reference_loss};
  };
  return {
      {"conv_relu",
       {Network({conv2d({.filters = 3, .kernel = 3, .activation = "relu"}), flatten(), head()}),
        {2, 5, 6}}},
      {"conv_strided_dilated_grouped",
       {Network({conv2d({.filters = 6,
                         .kernel = {3, 2},
                         .stride = {2, 1},
                         .dilation = {1, 2},
                         .groups = 2,
                         .padding = {Padding::Kind::explicit_, 1, 1, 2, 1},
                         .activation = "leaky_relu(0.2)"}),
                 flatten(), head()}),
        {4, 8, 7}}},
      {"conv_same_even_kernel",
       {Network({conv2d({.filters = 2, .kernel = {2, 4}, .stride = 2, .padding = Padding::same()}),
                 flatten(), head()}),
        {1, 5, 5}}},
      {"max_pool",
       {Network({max_pool2d({.window = 3, .stride = 2}), flatten(), head()}), {2, 7, 7}}},
      {"average_pool",
       {Network({average_pool2d({.window = 3, .stride = 1}), flatten(), head()}), {2, 6, 6}}},
      {"average_pool_padded",
       {Network({average_pool2d({.window = 3, .stride = 2, .padding = Padding::pixels(1)}),
                 flatten(), head()}),
        {2, 5, 5}}},
      {"adaptive_average_pool",
       {Network({adaptive_average_pool2d({.size = {3, 7}}), flatten(), head()}), {2, 5, 4}}},
      {"upsample_nearest", {Network({upsample2d({.size = {2, 3}}), flatten(), head()}), {2, 3, 4}}},
      {"upsample_bilinear",
       {Network({upsample2d({.size = {3, 2}, .interpolation = "bilinear"}), flatten(), head()}),
        {2, 3, 4}}},
      {"batch_norm",
       {Network({batch_norm2d(), activation("relu"), global_average_pool2d(), head()}), {3, 4, 5}}},
      {"activation_sigmoid", activated("sigmoid")},
      {"activation_tanh", activated("tanh")},
      {"activation_gelu", activated("gelu")},
      {"activation_silu", activated("silu")},
      {"activation_softmax", activated("softmax")},
      {"activation_relu6",
       {Network({normalize({.mean = {0, 0}, .std = {1, 0.05}}), activation("relu6"), flatten(),
                 head()}),
        {2, 3, 3}}},
      {"activity_regularization",
       {Network({conv2d({.filters = 3, .kernel = 3, .activation = "relu"}),
                 activity_regularization({.l2 = 0.3, .l1 = 0.05}), flatten(), dense({.units = 5}),
                 activity_regularization({.l2 = 0.2}), activity_regularization({.l1 = 0.1}),
                 head()}),
        {2, 5, 6}}},
      {"residual_concat", {residual(), {2, 4, 4}}},
      {"loss_mse_on_softmax",
       flat(head(4), mean_squared_error(),
            [](auto labels) { return reference::mean_squared_error_of(labels); })},
      {"loss_binary", flat(dense({.units = 1, .activation = "sigmoid"}), binary_cross_entropy(),
                           [](auto labels) { return reference::binary_cross_entropy_of(labels); })},
      {"loss_smoothing",
       flat(head(4), cross_entropy({.label_smoothing = 0.1, .class_weights = {}}),
            [](auto labels) { return reference::cross_entropy_of(labels, 0.1); })},
      {"loss_class_weights",
       flat(head(4), cross_entropy({.label_smoothing = 0, .class_weights = {0.5, 2, 1, 0.25}}),
            [](auto labels) {
              return reference::cross_entropy_of(labels, 0, {0.5, 2, 1, 0.25});
            })},
      {"loss_class_weights_smoothing",
       flat(head(4), cross_entropy({.label_smoothing = 0.2, .class_weights = {0.5, 2, 1, 0.25}}),
            [](auto labels) {
              return reference::cross_entropy_of(labels, 0.2, {0.5, 2, 1, 0.25});
            })},
  };
}

void expect_equal(const std::vector<double>& got, const std::vector<double>& expected,
                  double tolerance, const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << what << " " << i;
  }
}

std::vector<std::int32_t> whole(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

TEST(PyTorch, EveryLayerAndLoss) {
  const auto cases = layer_cases();
  const auto files = golden::read("layers.txt");
  ASSERT_EQ(files.size(), cases.size());
  for (const auto& [name, arrays] : files) {
    SCOPED_TRACE(name);
    const LayerCase& c = cases.at(name);
    const auto labels = whole(arrays.at("labels"));
    const auto images = static_cast<std::int64_t>(labels.size());

    reference::Problem problem{.network = c.network,
                               .input = c.input,
                               .images = images,
                               .inputs = arrays.at("input"),
                               .weights = {},
                               .head = c.loss->head(),
                               .training = true,
                               .keeps = {},
                               .noise = {}};
    engine::Engine engine(c.network, c.input, {.threads = 2, .shards = 2});
    engine::State state = engine.initial_state(1);
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      const Parameter& parameter = state.parameters()[p];
      if (parameter.spec.role != Role::statistic) {
        const auto& values = arrays.at("weight:" + parameter.name);
        std::copy(values.begin(), values.end(), state.weights(p).begin());
      }
      problem.weights[parameter.name] = doubles(state.weights(p));
    }
    state.touch();

    const auto result = reference::run(problem, c.reference_loss(labels));
    EXPECT_NEAR(result.loss, arrays.at("loss")[0], 1e-7);
    const double activity = arrays.contains("activity") ? arrays.at("activity")[0] : 0;
    EXPECT_NEAR(result.activity, activity, 1e-7 * (1 + activity));
    expect_equal(result.output.data, arrays.at("head"), 1e-7, "head");
    expect_equal(result.input_gradient, arrays.at("gradient:input"), 1e-7, "input");

    const std::vector<float> inputs(arrays.at("input").begin(), arrays.at("input").end());
    const Targets targets = class_targets(labels);
    const double weight = c.loss->weight(targets);
    const engine::LossSums sums =
        engine.gradient(state, {images, inputs, targets, {}, 0}, *c.loss, {weight, true});
    EXPECT_NEAR(sums.loss / weight, arrays.at("loss")[0], 1e-5);
    EXPECT_NEAR(sums.activity / static_cast<double>(images), activity, 1e-5 * (1 + activity));
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      const Parameter& parameter = state.parameters()[p];
      if (parameter.spec.role == Role::statistic) continue;
      const auto& expected = arrays.at("gradient:" + parameter.name);
      expect_equal(result.gradients.at(parameter.name), expected, 1e-7, parameter.name);
      expect_close(engine.gradient_of(state, p), expected, 1e-5, parameter.name);
    }
  }
}

}  // namespace
}  // namespace ridgeline::oracle
