// The evidence of linear models, against its closed form.

#include "train/evidence.hpp"

#include <numeric>

#include "train/fit.hpp"
#include "train/support.hpp"

namespace ridgeline::train {
namespace {

constexpr std::int64_t pixels = 4;

/// Each image has one bright pixel, so that the Hessian of a linear model with one sigmoid is
/// diagonal. The pixel decides how probable class 1 is.
Dataset one_hot(int images) {
  std::vector<float> values;
  std::vector<std::int32_t> labels;
  Random random(2, Purpose::test, 0);
  for (int i = 0; i < images; ++i) {
    const int bright = i % static_cast<int>(pixels);
    for (int k = 0; k < pixels; ++k) values.push_back(k == bright ? 1.0F : 0.0F);
    labels.push_back(random.uniform() < 0.3F + 0.15F * static_cast<float>(bright) ? 1 : 0);
  }
  return from_memory(values, {1, 1, pixels}, ImageLayout::nchw, labels, {"no", "yes"});
}

ModelCore linear(double strength) {
  return {Network{flatten(), dense({.units = 1, .activation = "sigmoid", .use_bias = false})},
          {.input = {1, 1, pixels},
           .loss = binary_cross_entropy(),
           .optimizer = adam({.learning_rate = 0.05}),
           .regularize = l2(strength),
           .threads = 1,
           .shards = 1}};
}

struct Exact {
  double evidence = 0;
  std::vector<double> weights;
};

// By Newton's method in double. The Hessian is diagonal, so Laplace's approximation is too.
Exact exact(const Dataset& data, double strength) {
  const auto count = static_cast<double>(data.size());
  std::vector<double> all(pixels), ones(pixels);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::size_t bright = i % pixels;
    ++all[bright];
    ones[bright] += data.label(i);
  }
  Exact result;
  for (std::size_t k = 0; k < pixels; ++k) {
    double w = 0;
    const auto p = [&] { return 1 / (1 + std::exp(-w)); };
    const auto hessian = [&] { return all[k] / count * p() * (1 - p()); };
    for (int i = 0; i < 50; ++i) {
      w -= ((all[k] * p() - ones[k]) / count + strength * w) / (hessian() + strength);
    }
    result.weights.push_back(w);
    result.evidence += ones[k] * std::log(p()) + (all[k] - ones[k]) * std::log(1 - p()) -
                       count * strength / 2 * w * w + std::log(count * strength) / 2 -
                       std::log(count * hessian() + count * strength) / 2;
  }
  return result;
}

TEST(Evidence, EqualsTheClosedFormOfALinearModel) {
  const Dataset data = one_hot(400);
  for (const double strength : {1e-4, 1e-2, 1.0}) {
    ModelCore core = linear(strength);
    const Exact wanted = exact(data, strength);
    const std::vector<float> weights(wanted.weights.begin(), wanted.weights.end());
    std::ranges::copy(weights, core.state.weights(0).begin());
    core.state.touch();
    const Evidence found = evidence_of(core, data, 400, 1);
    EXPECT_NEAR(found.total(), wanted.evidence, 1e-3 * std::abs(wanted.evidence)) << strength;
    EXPECT_NEAR(found.effective,
                found.fixed_point * 400 *
                    std::inner_product(wanted.weights.begin(), wanted.weights.end(),
                                       wanted.weights.begin(), 0.0),
                1e-3);
  }
}

TEST(Evidence, TrainedWeightsGiveTheSame) {
  const Dataset data = one_hot(400);
  ModelCore core = linear(0.05);
  Fit(core, data, {.epochs = 60, .batch = 400}).run();
  EXPECT_NEAR(evidence_of(core, data, 400, 1).total(), exact(data, 0.05).evidence, 0.1);
}

TEST(Evidence, ASubsetOfTheImagesGivesAboutTheSame) {
  const Dataset data = one_hot(400);
  ModelCore core = linear(0.05);
  const double all = evidence_of(core, data, 400, 1).total();
  EXPECT_NEAR(evidence_of(core, data, 100, 1).total(), all, 0.5);
}

TEST(Evidence, RefusesNetworksWithoutAPrior) {
  const ModelCore normalised(
      Network{batch_norm2d(), flatten(), dense({.units = 3, .activation = "softmax"})},
      {.input = {1, 6, 6}, .threads = 1, .shards = 1});
  EXPECT_THROW(check_evidence(normalised), UsageError);
  const ModelCore regression(Network{flatten(), dense({.units = 3})},
                             {.input = {1, 6, 6}, .loss = mean_squared_error(), .threads = 1});
  EXPECT_THROW(check_evidence(regression), UsageError);
}

}  // namespace
}  // namespace ridgeline::train
