// Compares the reference itself with central differences.

#include <fmt/format.h>

#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"

namespace ridgeline::oracle {
namespace {

// Compares every gradient of a network with (loss(w + h) - loss(w - h)) / 2h.
void check(const Network& network, const Shape& in, Head head,
           const std::function<reference::LossFunction(std::vector<std::int32_t>)>& make_loss) {
  const std::int64_t images = 3;
  const Layout layout = infer(network, in);
  Random random(21, Purpose::test);
  reference::Problem problem{
      .network = network,
      .input = in,
      .images = images,
      .inputs = {},
      .weights = {},
      .head = head,
      .training = true,
      .keeps = [](int node, std::int64_t image,
                  std::int64_t element) { return (node + 5 * image + 3 * element) % 4 != 0; },
      .noise =
          [](int node, std::int64_t image, std::int64_t element) {
            return std::sin(double(node + 2 * image + 3 * element));
          }};
  for (std::int64_t i = 0; i < images * in.elements(); ++i) {
    problem.inputs.push_back(random.normal());
  }
  for (const auto& p : layout.parameters) {
    auto& w = problem.weights[p.name];
    for (std::int64_t i = 0; i < p.spec.shape.elements(); ++i) w.push_back(0.5 * random.normal());
    if (p.spec.name == "moving_variance")
      for (double& v : w) v = 1 + v * v;
  }
  std::vector<std::int32_t> labels;
  const auto classes =
      static_cast<std::uint64_t>(std::max<std::int64_t>(2, layout.output().elements()));
  for (int i = 0; i < images; ++i)
    labels.push_back(static_cast<std::int32_t>(random.below(classes)));
  const auto loss = make_loss(labels);
  const auto result = reference::run(problem, loss);
  ASSERT_GT(result.margin.smallest, 1e-4) << "draw other numbers: too near to a kink";
  const double h = 1e-6;
  const auto difference = [&](double& number) {
    const double before = number;
    number = before + h;
    const auto up = reference::run(problem, loss);
    number = before - h;
    const auto down = reference::run(problem, loss);
    number = before;
    return (up.loss + up.activity - down.loss - down.activity) / (2 * h);
  };
  for (const auto& [name, gradient] : result.gradients) {
    for (std::size_t i = 0; i < gradient.size(); i += 1 + gradient.size() / 12) {
      ASSERT_NEAR(gradient[i], difference(problem.weights.at(name)[i]), 2e-7) << name << " " << i;
    }
  }
  for (std::size_t i = 0; i < problem.inputs.size(); i += 1 + problem.inputs.size() / 20) {
    ASSERT_NEAR(result.input_gradient[i], difference(problem.inputs[i]), 2e-7) << "input " << i;
  }
}

auto cross_entropy_loss() {
  return [](std::vector<std::int32_t> labels) {
    return reference::cross_entropy_of(labels, 0.1, {1, 2, 0.5});
  };
}

TEST(Reference, ConvolutionsPoolsAndNorms) {
  check(Network({normalize({.mean = {0.1, 0.2}, .std = {0.5, 2}}),
                 conv2d({.filters = 4,
                         .kernel = {3, 2},
                         .stride = {1, 2},
                         .dilation = {2, 1},
                         .groups = 2,
                         .padding = {Padding::Kind::explicit_, 1, 0, 1, 0},
                         .activation = "silu"}),
                 batch_norm2d(), max_pool2d({.window = 2, .stride = 1}),
                 average_pool2d({.window = 2, .stride = 1, .padding = Padding::same()}), flatten(),
                 dense({.units = 3, .activation = "softmax"})}),
        {2, 7, 6}, Head::logits, cross_entropy_loss());
}

TEST(Reference, Activations) {
  for (const char* name :
       {"relu", "leaky_relu(0.2)", "sigmoid", "tanh", "gelu", "silu", "softmax"}) {
    SCOPED_TRACE(name);
    check(Network({conv2d({.filters = 3, .kernel = 2}), activation(name), flatten(),
                   dense({.units = 3, .activation = "softmax"})}),
          {1, 3, 4}, Head::logits, cross_entropy_loss());
  }
}

TEST(Reference, DropoutsNoiseAndActivityPenalties) {
  check(Network({conv2d({.filters = 4, .kernel = 2, .activation = "tanh"}),
                 activity_regularization({.l2 = 0.3, .l1 = 0.2}), spatial_dropout2d({.rate = 0.3}),
                 gaussian_noise({.stddev = 0.5}), dropout({.rate = 0.4}), flatten(),
                 dense({.units = 6}), activity_regularization({.l1 = 0.7}),
                 gaussian_noise({.stddev = 0.1}), dense({.units = 3, .activation = "softmax"})}),
        {2, 4, 3}, Head::logits, cross_entropy_loss());
}

TEST(Reference, Graphs) {
  const auto x = input();
  const auto a =
      conv2d({.filters = 2, .kernel = 3, .padding = Padding::same(), .activation = "gelu"})(x);
  const auto y = dense({.units = 3, .activation = "softmax"})(
      global_average_pool2d()(concat()(add()(a, x, a), x)));
  check(Network(x, y), {2, 4, 3}, Head::logits, cross_entropy_loss());
}

TEST(Reference, Losses) {
  const auto body = [](const char* last, std::int64_t units) {
    return Network({flatten(), dense({.units = units, .activation = last})});
  };
  check(body("softmax", 3), {1, 2, 2}, Head::output,
        [](auto labels) { return reference::mean_squared_error_of(labels); });
  check(body("sigmoid", 1), {1, 2, 2}, Head::logits,
        [](auto labels) { return reference::binary_cross_entropy_of(labels); });
}

}  // namespace
}  // namespace ridgeline::oracle
