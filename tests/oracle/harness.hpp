#pragma once
// Runs a network in the engine and in the double-precision reference, with the same weights,
// images and labels, and compares every number.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "reference/network.hpp"
#include "tensor/random.hpp"

namespace ridgeline::oracle {

// Closer to a kink than this, single precision may be on its other side.
constexpr double near_tie = 1e-5;

struct Case {
  Network network;
  Shape input;
  std::int64_t images = 3;
  int threads = 2, shards = 2;
  LossPtr loss = cross_entropy();
  double tolerance = 2e-5;  // relative to the norm of each tensor
  bool winograd = true;
  Precision precision = Precision::fp32;
};

inline std::vector<float> random_values(std::size_t count, Random& random, double scale = 1) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(scale * random.normal());
  return values;
}

inline std::vector<double> doubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

inline double norm(const std::vector<double>& values) {
  double square = 0;
  for (const double v : values) square += v * v;
  return std::sqrt(square);
}

inline void expect_close(std::span<const float> got, const std::vector<double>& expected,
                         double tolerance, const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  double square = 0;
  for (std::size_t i = 0; i < got.size(); ++i) square += std::pow(got[i] - expected[i], 2);
  // The floor is for numbers that are zero except for rounding, such as the gradient of a bias
  // before a batch normalisation.
  EXPECT_LE(std::sqrt(square), tolerance * (norm(expected) + 0.01)) << what;
}

/// All presets except torchvision's networks. On images of 32x32 most of those normalise one pixel
/// of each image, and no two orders of summing agree on the result. All of them take minutes.
/// torchvision_test.cpp compares them on larger images.
inline std::vector<std::string> small_presets() {
  std::vector<std::string> small = preset_names();
  std::erase_if(small, [](const std::string& name) {
    return name.starts_with("mobilenet") || name.starts_with("vgg1") ||
           (name.starts_with("resnet") && name != "resnet20");
  });
  return small;
}

/// A case with its weights, images and labels drawn from a seed.
class Harness {
 public:
  Harness(Case c, std::uint64_t seed)
      : case_(std::move(c)),
        engine_(case_.network, case_.input,
                {.threads = case_.threads,
                 .shards = case_.shards,
                 .seed = seed,
                 .compute = {.precision = case_.precision, .winograd = case_.winograd}}),
        state_(engine_.initial_state(seed)),
        seed_(seed) {
    Random random(seed, Purpose::test, 1);
    for (std::size_t p = 0; p < state_.parameters().size(); ++p) {
      const Role role = state_.parameters()[p].spec.role;
      for (float& w : state_.weights(p)) {
        if (role != Role::kernel) w += static_cast<float>(0.3 * random.uniform());
      }
    }
    state_.touch();
    inputs_ =
        random_values(static_cast<std::size_t>(case_.images * case_.input.elements()), random);
    const auto classes = static_cast<std::uint64_t>(std::max<std::int64_t>(outputs(), 2));
    for (std::int64_t i = 0; i < case_.images; ++i) {
      labels_.push_back(static_cast<std::int32_t>(random.below(classes)));
      ids_.push_back(1000 + random.below(1000000));
    }
  }

  std::int64_t outputs() const { return engine_.layout().output().elements(); }
  engine::Engine& engine() { return engine_; }
  engine::State& state() { return state_; }
  std::vector<float>& inputs() { return inputs_; }
  const std::vector<std::int32_t>& labels() const { return labels_; }

  engine::Batch batch(std::int64_t first = 0, std::int64_t count = -1) const {
    const auto f = static_cast<std::size_t>(first),
               n = static_cast<std::size_t>(count < 0 ? case_.images : count),
               size = static_cast<std::size_t>(case_.input.elements());
    return {static_cast<std::int64_t>(n), std::span(inputs_).subspan(f * size, n * size),
            class_targets(std::span(labels_).subspan(f, n)), std::span(ids_).subspan(f, n), 5};
  }

  reference::Result expected(bool training, const reference::LossFunction& loss, Head head) const {
    reference::Problem problem{.network = case_.network,
                               .input = case_.input,
                               .images = case_.images,
                               .inputs = doubles(inputs_),
                               .weights = {},
                               .head = head,
                               .training = training,
                               .keeps = {},
                               .noise = {}};
    for (std::size_t p = 0; p < state_.parameters().size(); ++p) {
      problem.weights[state_.parameters()[p].name] = doubles(state_.weights(p));
    }
    const auto stream = [this](int node, std::int64_t image) {
      return Random(seed_, Purpose::dropout, (static_cast<std::uint64_t>(node) << 32) | 5,
                    ids_[static_cast<std::size_t>(image)]);
    };
    problem.noise = [stream](int node, std::int64_t image, std::int64_t element) {
      std::vector<float> normals(static_cast<std::size_t>(element + 1));
      stream(node, image).normals(normals);
      return static_cast<double>(normals.back());
    };
    problem.keeps = [this, stream](int node, std::int64_t image, std::int64_t element) {
      const auto& layer = case_.network.nodes()[static_cast<std::size_t>(node)].layer;
      const double rate = layer.spec().attributes().real("rate", 0);
      Random random = stream(node, image);
      float drawn = 0;
      for (std::int64_t e = 0; e <= element; ++e) drawn = random.uniform();
      return drawn >= static_cast<float>(rate);
    };
    return reference::run(problem, loss);
  }

  /// Compares losses, head values and all gradients. Returns false if a near-tie excludes the case.
  bool compare(const reference::LossFunction& loss) {
    const auto count = static_cast<std::size_t>(case_.images * outputs());
    const Head head = case_.loss->head();
    const auto n = static_cast<double>(case_.images);
    std::vector<float> values(count);
    const reference::Result plain = expected(false, loss, head);
    const auto expect_number = [&](double got, double number, const char* what) {
      EXPECT_NEAR(got, number, case_.tolerance * (1 + std::abs(number))) << what;
    };
    const engine::LossSums evaluated = engine_.evaluate(state_, batch(), *case_.loss, values);
    expect_number(evaluated.loss / n, plain.loss, "evaluated loss");
    expect_number(evaluated.activity / n, plain.activity, "evaluated activity penalty");
    expect_close(values, plain.output.data, case_.tolerance, "evaluated values");

    const reference::Result result = expected(true, loss, head);
    if (result.margin.smallest < near_tie) return false;
    const double weight = case_.loss->weight(batch().targets);
    const engine::LossSums sums =
        engine_.gradient(state_, batch(), *case_.loss, {weight, true}, values);
    expect_number(sums.loss / weight, result.loss, "loss");
    expect_number(sums.activity / n, result.activity, "activity penalty");
    expect_close(values, result.output.data, case_.tolerance, "training values");
    for (std::size_t p = 0; p < state_.parameters().size(); ++p) {
      const Parameter& parameter = state_.parameters()[p];
      if (parameter.spec.role == Role::statistic) continue;
      expect_close(engine_.gradient_of(state_, p), result.gradients.at(parameter.name),
                   case_.tolerance, "gradient of " + parameter.name);
    }
    return true;
  }

 private:
  Case case_;
  engine::Engine engine_;
  engine::State state_;
  std::uint64_t seed_;
  std::vector<float> inputs_;
  std::vector<std::int32_t> labels_;
  std::vector<std::uint64_t> ids_;
};

}  // namespace ridgeline::oracle
