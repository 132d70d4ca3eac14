// Networks with several named outputs (one is spatial), and a loss that reads all of them and
// ragged targets.

#include <gtest/gtest.h>

#include <cmath>

#include "engine/engine.hpp"
#include "ridgeline/network.hpp"
#include "support/expect_error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::oracle {
namespace {

constexpr std::int64_t images = 5;
const Shape picture{2, 8, 8};

/// The squared distance of the map from 1 at each point, and of the class scores from one-hot. Each
/// of the two terms has an output of its own.
class PointsAndClass final : public Loss {
 public:
  explicit PointsAndClass(bool points = true, bool label = true) : points_(points), label_(label) {}
  std::string_view kind() const override { return "points-and-class"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::output; }
  void check(std::span<const OutputSpec>) const override {}
  void check_targets(const Targets&, std::span<const OutputSpec>, std::int64_t) const override {}
  double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                  GradientSpans gradients) const override {
    double sum = 0;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      const auto gradient = gradients.empty() ? std::span<float>() : gradients[o];
      std::ranges::fill(gradient, 0.0f);
      sum += outputs[o].name() == "map" ? points(outputs[o], targets, scale, gradient)
                                        : label(outputs[o], targets, scale, gradient);
    }
    return sum;
  }

 private:
  double points(const TensorView& map, const Targets& targets, double scale,
                std::span<float> gradient) const {
    if (!points_) return 0;
    double sum = 0;
    for (std::int64_t i = 0; i < map.images(); ++i) {
      const auto places = targets.at("points").values<std::int32_t>(i);
      for (const std::int32_t place : places) {
        const auto at = static_cast<std::size_t>(i * map.row_size() + place);
        const double error = map.values<float>()[at] - 1;
        sum += error * error;
        if (!gradient.empty()) gradient[at] += static_cast<float>(2 * scale * error);
      }
    }
    return sum;
  }
  double label(const TensorView& scores, const Targets& targets, double scale,
               std::span<float> gradient) const {
    if (!label_) return 0;
    double sum = 0;
    for (std::int64_t i = 0; i < scores.images(); ++i) {
      for (std::int64_t c = 0; c < scores.row_size(); ++c) {
        const auto at = static_cast<std::size_t>(i * scores.row_size() + c);
        const bool truth = targets.at("class").values<std::int32_t>(i)[0] == c;
        const double error = scores.values<float>()[at] - (truth ? 1 : 0);
        sum += error * error;
        if (!gradient.empty()) gradient[at] = static_cast<float>(2 * scale * error);
      }
    }
    return sum;
  }

  bool points_, label_;
};

Network both(const Layer& pool = max_pool2d()) {
  const Output image = input();
  const Output trunk = conv2d({.filters = 6, .activation = "tanh"})(image);
  const Output map =
      conv2d({.filters = 1, .kernel = 1, .activation = "sigmoid"}).named("map")(trunk);
  const Output scores = dense({.units = 3}).named("scores")(flatten()(pool(trunk)));
  return Network(image, {map, scores});
}

struct Fixture {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels, points;
  std::vector<std::int64_t> offsets{0};
  Targets targets;

  Fixture() {
    Random random(3, Purpose::test);
    for (std::int64_t k = 0; k < images * picture.elements(); ++k) {
      pixels.push_back(random.uniform());
    }
    for (std::int64_t i = 0; i < images; ++i) {
      labels.push_back(static_cast<std::int32_t>(i % 3));
      for (std::int64_t k = 0; k < i; ++k) {
        points.push_back(static_cast<std::int32_t>(random.below(36)));
      }
      offsets.push_back(static_cast<std::int64_t>(points.size()));
    }
    targets = class_targets(labels);
    targets.add(TensorView("points", std::span<const std::int32_t>(points), {}, offsets));
  }
  engine::Batch batch() const { return {.images = images, .inputs = pixels, .targets = targets}; }
};

std::vector<std::vector<float>> gradients(const Loss& loss, int shards) {
  const Fixture f;
  engine::Engine engine(both(), picture, {.threads = 2, .shards = shards});
  engine::State state = engine.initial_state(1);
  engine.gradient(state, f.batch(), loss, {.weight = 1});
  std::vector<std::vector<float>> all;
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    all.push_back(engine.gradient_of(state, p));
  }
  return all;
}

TEST(Outputs, HaveTheNamesOfTheirLayersAndTheirOrder) {
  const Layout layout = infer(both(), picture);
  ASSERT_EQ(layout.network_outputs.size(), 2u);
  EXPECT_EQ(layout.network_outputs[0].name, "map");
  EXPECT_EQ(layout.network_outputs[0].shape, (Shape{1, 6, 6}));
  EXPECT_EQ(layout.network_outputs[0].activation, "sigmoid");
  EXPECT_EQ(layout.network_outputs[1].name, "scores");
  EXPECT_EQ(layout.output(), (Shape{1, 6, 6}));
}

TEST(Outputs, TheGradientIsTheSumOfThatOfEachOutput) {
  for (const int shards : {1, 2, 3}) {
    const auto together = gradients(PointsAndClass(), shards);
    const auto points = gradients(PointsAndClass(true, false), shards);
    const auto label = gradients(PointsAndClass(false, true), shards);
    bool from_both = false;
    for (std::size_t p = 0; p < together.size(); ++p) {
      for (std::size_t k = 0; k < together[p].size(); ++k) {
        ASSERT_NEAR(together[p][k], points[p][k] + label[p][k], 1e-5);
        from_both = from_both || (points[p][k] != 0 && label[p][k] != 0);
      }
    }
    EXPECT_TRUE(from_both);
  }
}

TEST(Outputs, TheGradientIsThatOfCentralDifferences) {
  const Fixture f;
  const PointsAndClass loss;
  // Without a max-pool, which has kinks.
  engine::Engine engine(both(average_pool2d()), picture, {.threads = 1, .shards = 2});
  engine::State state = engine.initial_state(1);
  engine.gradient(state, f.batch(), loss, {.weight = 1});
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    const auto gradient = engine.gradient_of(state, p);
    for (std::size_t k = 0; k < gradient.size(); k += 7) {
      constexpr float h = 1.0f / 128;
      float& weight = state.weights(p)[k];
      const float middle = weight;
      const auto at = [&](float value) {
        weight = value;
        state.touch();
        return engine.evaluate(state, f.batch(), loss).loss;
      };
      const double above = at(middle + h), below = at(middle - h);
      at(middle);
      ASSERT_NEAR(gradient[k], (above - below) / (2 * h), 2e-2 * (1 + std::abs(gradient[k])))
          << state.parameters()[p].name << " " << k;
    }
  }
}

TEST(Outputs, EachGoesIntoABufferOfItsOwn) {
  const Fixture f;
  engine::Engine engine(both(), picture, {.threads = 2, .shards = 3});
  engine::State state = engine.initial_state(1);
  std::vector<float> map(images * 36), scores(images * 3), one_map(36), one_scores(3);
  engine.predict(state, f.batch(), engine::OutputBuffers({std::span(map), std::span(scores)}));
  const std::size_t size = static_cast<std::size_t>(picture.elements());
  for (std::size_t i = 0; i < images; ++i) {
    const engine::Batch one{.images = 1, .inputs = std::span(f.pixels).subspan(i * size, size)};
    engine.predict(state, one, engine::OutputBuffers({std::span(one_map), std::span(one_scores)}));
    EXPECT_TRUE(std::equal(one_map.begin(), one_map.end(), map.begin() + i * 36));
    EXPECT_TRUE(std::equal(one_scores.begin(), one_scores.end(), scores.begin() + i * 3));
  }
}

TEST(Outputs, LogitsThatALayerReadsAreRefused) {
  const Output image = input();
  const Output first = dense({.units = 4, .activation = "softmax"}).named("first")(image);
  const Network network(image, {first, dense({.units = 2}).named("second")(first)});
  engine::Engine engine(network, {3}, {.threads = 1});
  engine::State state = engine.initial_state(1);
  const std::vector<float> numbers{1, 2, 3};
  std::vector<float> a(4), b(2);
  EXPECT_USAGE_ERROR(
      engine.predict(state, {.images = 1, .inputs = numbers},
                     engine::OutputBuffers({std::span(a), std::span(b)})),
      "first is an output of the network that ends in softmax, and a layer reads it: give the "
      "activation to a layer of its own");
}

TEST(Outputs, NamesThatDoNotFitAreRefused) {
  Network network = both();
  EXPECT_USAGE_ERROR(network.set_outputs({"map", "score"}),
                     "there is no layer 'score' to give an output: did you mean 'scores'?");
  EXPECT_USAGE_ERROR(network.set_outputs({"map", "map"}), "the output 'map' is named twice");
  EXPECT_EQ(network.output_names(), (std::vector<std::string>{"map", "scores"}));
  network.set_outputs({"map"});
  EXPECT_USAGE_ERROR(
      infer(network, picture),
      "scores is not used: no layer takes its output, and it is not an output of the network");
}

}  // namespace
}  // namespace ridgeline::oracle
