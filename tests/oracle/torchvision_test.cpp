// Compares presets with torchvision's networks in tests/golden/networks.txt.

#include <algorithm>

#include "harness.hpp"
#include "support/formula.hpp"
#include "support/golden.hpp"
#include "support/narrowed.hpp"

namespace ridgeline::oracle {
namespace {

constexpr std::int64_t classes = 10, images = 2;
const Shape input_shape = {3, 64, 64};

// torchvision's dropout is set to 0 too.
Network without_dropout(const Network& network) {
  std::vector<Node> nodes = network.nodes();
  for (Node& node : nodes) {
    if (node.layer.spec().kind() == "dropout") node.layer = dropout({.rate = 0});
  }
  return Network(nodes);
}

std::vector<float> image_values() {
  const auto values =
      golden::drawn(static_cast<std::size_t>(images * input_shape.elements()), 1000);
  return {values.begin(), values.end()};
}

class TorchvisionNetwork : public testing::TestWithParam<bool> {};

// With our kernels, and with oneDNN's only.
TEST_P(TorchvisionNetwork, GivesTheSameNumbers) {
  const auto inputs = image_values();
  const std::vector<std::int32_t> labels = {3, 7};
  for (const auto& [name, arrays] : golden::read("networks.txt")) {
    SCOPED_TRACE(name);
    engine::Engine engine(
        without_dropout(test::golden_preset(name, classes)), input_shape,
        {.threads = 2, .shards = 2, .compute = {.winograd = GetParam()}, .fused = GetParam()});
    engine::State state = engine.initial_state(1);
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      const auto values =
          golden::formula_weights(state.parameters()[p].spec, static_cast<std::uint32_t>(p));
      std::ranges::copy(values, state.weights(p).begin());
    }
    state.touch();

    const engine::Batch batch{images, inputs, class_targets(labels), {}, 0};
    const LossPtr loss = cross_entropy();
    std::vector<float> logits(static_cast<std::size_t>(images * classes));
    engine.evaluate(state, batch, *loss, logits);
    expect_close(logits, arrays.at("evaluated"), 1e-5, "evaluated logits");
    engine.gradient(state, batch, *loss, {static_cast<double>(images), true}, logits);
    expect_close(logits, arrays.at("training"), 1e-4, "training logits");

    std::vector<float> norms;
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      if (state.parameters()[p].spec.role == Role::statistic) continue;
      norms.push_back(static_cast<float>(norm(doubles(engine.gradient_of(state, p)))));
    }
    const auto& expected = arrays.at("gradient_norms");
    // In single precision, a few inputs of ReLUs are on the other side of a kink.
    const double tolerance = name == "mobilenet-v2" ? 3e-2 : 1e-2;
    ASSERT_EQ(norms.size(), expected.size());
    for (std::size_t k = 0; k < norms.size(); ++k) {
      EXPECT_NEAR(norms[k], expected[k], tolerance * expected[k] + 1e-3) << "gradient " << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, TorchvisionNetwork, testing::Bool());

}  // namespace
}  // namespace ridgeline::oracle
