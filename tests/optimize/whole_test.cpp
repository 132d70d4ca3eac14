// Compares optimisers that see a matrix or the whole model with their definitions.

#include <gtest/gtest.h>

#include <cmath>

#include "optimize/direct_update.hpp"
#include "optimize/engine_update.hpp"

namespace ridgeline::optimize {
namespace {

double norm(std::span<const double> values) {
  double square = 0;
  for (const double v : values) square += v * v;
  return std::sqrt(square);
}

double change_norm(const DirectUpdate& update, std::size_t p, const Tensors& start) {
  double square = 0;
  for (std::size_t i = 0; i < start[p].size(); ++i) {
    square += std::pow(update.weights(p)[i] - start[p][i], 2);
  }
  return std::sqrt(square);
}

// A kernel, a bias, and a kernel that begins at 0.
struct Whole : testing::Test {
  const std::vector<Shape> shapes{{6, 3, 3, 3}, {6}, {4, 20}};
  const std::vector<Penalty> none = std::vector<Penalty>(3);
  Tensors start = random_tensors(shapes, 1);
  const Tensors gradient = random_tensors(shapes, 2);
  Whole() { std::fill(start[2].begin(), start[2].end(), 0); }
};

TEST_F(Whole, LarsMovesAKernelByAShareOfItsNorm) {
  for (const double scale : {1.0, 1e-4, 1e5}) {
    Tensors scaled = gradient;
    for (double& g : scaled[0]) g *= scale;
    DirectUpdate update(lars({.learning_rate = 2, .trust = 1e-2}), none, {shapes, start});
    update.step(scaled);
    EXPECT_NEAR(change_norm(update, 0, start), 2e-2 * norm(start[0]), 1e-5) << scale;
    EXPECT_NEAR(change_norm(update, 1, start), 2 * norm(gradient[1]), 1e-5) << "a bias";
    EXPECT_NEAR(change_norm(update, 2, start), 2 * norm(gradient[2]), 1e-5) << "from 0";
  }
}

TEST_F(Whole, LambMovesAKernelByAShareOfItsNorm) {
  for (const double scale : {1.0, 1e-3, 1e3}) {
    Tensors scaled = gradient;
    for (double& g : scaled[0]) g *= scale;
    DirectUpdate update(lamb({.learning_rate = 0.1}), none, {shapes, start});
    update.step(scaled);
    EXPECT_NEAR(change_norm(update, 0, start), 0.1 * norm(start[0]), 1e-5) << scale;
    EXPECT_NEAR(change_norm(update, 1, start), 0.1 * std::sqrt(6), 1e-5) << "a bias: Adam's step";
    EXPECT_NEAR(change_norm(update, 2, start), 0.1 * std::sqrt(80), 1e-5) << "from 0";
  }
}

TEST_F(Whole, TheCoupledPenaltyGoesThroughTheRatioAndTheDecayDoesNot) {
  const std::vector<Penalty> coupled{{.l2 = 0.7}, {}, {}}, decoupled{{.decay = 0.7}, {}, {}};
  for (const auto& setting :
       {lars({.learning_rate = 2, .trust = 1e-2}), lamb({.learning_rate = 2e-2})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    DirectUpdate with(setting, coupled, {shapes, start});
    with.step(gradient);
    EXPECT_NEAR(change_norm(with, 0, start), 2e-2 * norm(start[0]), 1e-5);
    DirectUpdate shrunk(setting, decoupled, {shapes, start}), plain(setting, none, {shapes, start});
    shrunk.step(gradient);
    plain.step(gradient);
    for (std::size_t i = 0; i < start[0].size(); ++i) {
      const double decay = setting.learning_rate.value * 0.7 * start[0][i];
      ASSERT_NEAR(shrunk.weights(0)[i], plain.weights(0)[i] - decay, 2e-6);
    }
  }
}

// Singular values of a matrix of two rows, from the eigenvalues of X X^T.
std::pair<double, double> singular_values(std::span<const float> x) {
  const std::size_t columns = x.size() / 2;
  double a = 0, b = 0, c = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    a += x[i] * x[i];
    b += x[columns + i] * x[columns + i];
    c += x[i] * x[columns + i];
  }
  const double middle = (a + b) / 2, off = std::hypot((a - b) / 2, c);
  return {std::sqrt(middle + off), std::sqrt(middle - off)};
}

TEST_F(Whole, MuonsStepIsNearlyOrthogonalWhateverTheGradientsSize) {
  for (const double scale : {1e-4, 1.0, 1e6}) {
    const std::vector<Shape> shape{{2, 30}};
    Tensors gradient = random_tensors(shape, 9);
    for (std::size_t i = 0; i < 30; ++i) gradient[0][i] *= scale;
    for (std::size_t i = 30; i < 60; ++i) gradient[0][i] *= scale / 7;
    DirectUpdate update(muon({.learning_rate = 1 / (0.2 * std::sqrt(30))}), {{}},
                        {shape, {std::vector<double>(60, 0)}});
    update.step(gradient);
    const auto [largest, smallest] = singular_values(update.weights(0));
    EXPECT_LT(largest, 1.3) << scale;
    EXPECT_GT(smallest, 0.65) << scale;
  }
}

TEST_F(Whole, MuonTreatsAMatrixAndItsTransposeAlike) {
  const std::vector<Shape> wide{{5, 17}}, tall{{17, 5}};
  const Tensors gradient = random_tensors(wide, 9), start{std::vector<double>(85, 0)};
  Tensors turned = gradient;
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t c = 0; c < 17; ++c) turned[0][c * 5 + r] = gradient[0][r * 17 + c];
  }
  DirectUpdate one(muon(), {{}}, {wide, start}), other(muon(), {{}}, {tall, start});
  for (int step = 0; step < 3; ++step) {
    one.step(gradient);
    other.step(turned);
  }
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t c = 0; c < 17; ++c) {
      ASSERT_NEAR(one.weights(0)[r * 17 + c], other.weights(0)[c * 5 + r], 1e-8);
    }
  }
}

TEST_F(Whole, MuonTakesAdamsStepOnBiases) {
  DirectUpdate with(muon({.learning_rate = 0.01, .beta1 = 0.8}), none, {shapes, start});
  DirectUpdate adams(adam({.learning_rate = 0.01, .beta1 = 0.8}), none, {shapes, start});
  for (std::uint64_t step = 1; step < 5; ++step) {
    with.step(random_tensors(shapes, step));
    adams.step(random_tensors(shapes, step));
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(with.weights(1)[i], adams.weights(1)[i]);
  EXPECT_NE(with.weights(0)[0], adams.weights(0)[0]);
}

// Steps towards the minimum of the sum of a/2 (w - 1)^2, with a from 1 to `condition`.
double distance_after(const OptimizerSetting& setting, int steps, double condition) {
  const std::vector<Shape> shape{{40}};
  DirectUpdate update(setting, {{}}, {shape, {std::vector<double>(40, 0)}});
  const auto curvature = [&](std::size_t i) {
    return std::pow(condition, static_cast<double>(i) / 39);
  };
  double distance = 0;
  for (int step = 0; step <= steps; ++step) {
    Tensors gradient{std::vector<double>(40)};
    distance = 0;
    for (std::size_t i = 0; i < 40; ++i) {
      gradient[0][i] = curvature(i) * (update.weights(0)[i] - 1);
      distance = std::max(distance, std::abs(update.weights(0)[i] - 1.0));
    }
    update.step(gradient);
  }
  return distance;
}

TEST_F(Whole, LbfgsSolvesAQuadraticProblemThatGradientDescentCreepsThrough) {
  EXPECT_LT(distance_after(lbfgs(), 150, 1e3), 1e-3);
  EXPECT_LT(distance_after(lbfgs({.history = 40}), 120, 1e3), 3e-4) << "more history, fewer steps";
  EXPECT_GT(distance_after(gd({.learning_rate = 1.9e-3}), 150, 1e3), 0.5);
}

TEST_F(Whole, LbfgsWithoutCurvatureDescendsAlongTheGradient) {
  // The gradient changes against the step, so the pair does not count.
  const std::vector<Shape> shape{{2}};
  DirectUpdate update(lbfgs({.learning_rate = 0.5}), {{}}, {shape, {{0, 0}}});
  update.step({{4, 4}});
  EXPECT_EQ(update.weights(0)[0], -0.25F) << "1 / |g|_1 of it";
  update.step({{5, 5}});
  EXPECT_EQ(update.weights(0)[0], -0.5F);
}

TEST_F(Whole, LbfgsStaysWhereTheGradientVanishes) {
  const std::vector<Shape> shape{{3}};
  DirectUpdate update(lbfgs(), {{}}, {shape, {{1, 2, 3}}});
  update.step({{9e-8, -9e-8, 0}});
  EXPECT_EQ(update.weights(0)[0], 1.0F);
  EXPECT_EQ(update.weights(0)[1], 2.0F);
}

// Matrices so large that threads share the loops: a wide one and a tall one.
TEST(Threads, AnyNumberOfThemGivesTheSameBits) {
  const TensorsOf tensors{{{61, 283}, {140, 131}}, random_tensors({{61, 283}, {140, 131}}, 5)};
  for (const auto& setting : {lars(), lamb(), muon(), lbfgs()}) {
    SCOPED_TRACE(setting.optimizer->kind());
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 2, 3}) {
      EngineUpdate update(setting, std::vector<Penalty>(2), tensors, threads);
      for (std::uint64_t k = 0; k < 3; ++k) update.step(random_tensors(tensors.shapes, 6 + k));
      const auto& arena = update.state().weight_arena();
      results.emplace_back(arena.data(), arena.data() + arena.size());
    }
    EXPECT_EQ(results[1], results[0]);
    EXPECT_EQ(results[2], results[0]);
  }
}

}  // namespace
}  // namespace ridgeline::optimize
