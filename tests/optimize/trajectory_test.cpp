// Compares elementwise optimisers in the update pass, step by step, with the scalar update in
// double.

#include <gtest/gtest.h>

#include "optimize/engine_update.hpp"
#include "optimize/scalar_update.hpp"

namespace ridgeline::optimize {
namespace {

const std::vector<Shape> shapes{{1}, {15}, {17}, {1000}, {1500}};

struct Named {
  const char* name;
  ScalarSetting setting;
};

// Without averages, Adam's step jumps when the gradient changes sign, as far as epsilon allows.
const std::vector<Named> optimizers{
    {"sgd", {.learning_rate = 0.05}},
    {"momentum", {.learning_rate = 0.02, .momentum = 0.9}},
    {"nesterov", {.learning_rate = 0.02, .momentum = 0.8, .nesterov = true}},
    {"adam", {.kind = "adam", .learning_rate = 0.01}},
    {"adam, other betas",
     {.kind = "adam", .learning_rate = 0.003, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3}},
    {"nadam", {.kind = "nadam", .learning_rate = 0.01}},
    {"nadam, other momenta",
     {.kind = "nadam", .learning_rate = 0.003, .beta1 = 0.6, .beta2 = 0.9, .momentum_decay = 0.5}},
    {"radam", {.kind = "radam", .learning_rate = 0.01}},
    {"radam, rectified late",
     {.kind = "radam", .learning_rate = 0.003, .beta1 = 0.5, .beta2 = 0.8, .epsilon = 1e-3}},
    {"rmsprop", {.kind = "rmsprop", .learning_rate = 0.003}},
    {"rmsprop, momentum",
     {.kind = "rmsprop", .learning_rate = 0.003, .momentum = 0.8, .rho = 0.95}},
    {"rmsprop, centered",
     {.kind = "rmsprop", .learning_rate = 0.003, .epsilon = 1e-3, .centered = true}},
    {"rmsprop, centered, momentum",
     {.kind = "rmsprop",
      .learning_rate = 0.003,
      .momentum = 0.5,
      .epsilon = 1e-3,
      .centered = true}},
    {"adagrad", {.kind = "adagrad", .learning_rate = 0.1}},
    {"adagrad, from 1",
     {.kind = "adagrad", .learning_rate = 0.3, .epsilon = 1e-2, .initial_accumulator = 1}},
    {"lion", {.kind = "lion", .learning_rate = 0.01, .beta2 = 0.99}},
    {"adam, no averages",
     {.kind = "adam", .learning_rate = 0.003, .beta1 = 0, .beta2 = 0, .epsilon = 1e-2}},
};

// The penalties of all tensors except the last, which has none.
const std::vector<std::pair<const char*, Penalty>> penalties{
    {"none", {}},
    {"coupled", {.l2 = 0.3}},
    {"decoupled", {.decay = 0.5}},
    {"proximal", {.l1 = 0.4}},
    {"all", {.l2 = 0.2, .l1 = 0.1, .decay = 0.3}},
};

void compare(const ScalarSetting& setting) {
  const Tensors start = random_tensors(shapes, 0);
  ScalarUpdate expected(setting, start);
  EngineUpdate got(setting_of(setting), setting.penalties, {shapes, start});
  std::size_t zeros = 0;
  for (std::uint64_t step = 1; step <= 15; ++step) {
    const Tensors gradients = random_tensors(shapes, step);
    expected.step(gradients);
    got.step(gradients);
    for (std::size_t p = 0; p < shapes.size(); ++p) {
      for (std::size_t i = 0; i < expected.weights()[p].size(); ++i) {
        const double w = expected.weights()[p][i];
        ASSERT_NEAR(got.weights(p)[i], w, 2e-6 * (1 + std::abs(w)))
            << "step " << step << ", tensor " << p << ", weight " << i;
        zeros += got.weights(p)[i] == 0;
      }
    }
  }
  EXPECT_EQ(zeros > 0, setting.penalties[0].l1 > 0) << "the proximal step makes exact zeros";
  EXPECT_TRUE(got.padding_is_zero());
}

TEST(Trajectory, EveryOptimizerWithEveryPenalty) {
  for (const auto& [name, plain] : optimizers) {
    for (const auto& [kind, penalty] : penalties) {
      if (penalty.l1 > 0 && !setting_of(plain).optimizer->has_metric()) continue;
      SCOPED_TRACE(std::string(name) + ", penalty " + kind);
      ScalarSetting setting = plain;
      setting.penalties.assign(shapes.size(), penalty);
      setting.penalties.back() = {};
      compare(setting);
    }
  }
}

// Optimisers that see more than a weight at a time.
TEST(Trajectory, WhatIsFrozenStaysAndPaddingIsZero) {
  const std::vector<Shape> mixed{{3, 5, 3, 3}, {3}, {7, 11}, {7}};
  for (const auto& setting :
       {lars({.learning_rate = 0.1}), lamb(), muon(), lbfgs({.history = 3}), adagrad(), lion(),
        lookahead(rmsprop({.momentum = 0.5}), {.interval = 3})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    const Tensors start = random_tensors(mixed, 1);
    EngineUpdate update(setting, std::vector<Penalty>(4, {.l2 = 0.1, .decay = 0.1}),
                        {mixed, start});
    update.state().frozen[2] = true;
    for (std::uint64_t step = 1; step < 8; ++step) update.step(random_tensors(mixed, step));
    const auto changed = [&](std::size_t p) {
      return !std::ranges::equal(update.weights(p), start[p],
                                 [](float a, double b) { return a == static_cast<float>(b); });
    };
    EXPECT_TRUE(changed(0) && changed(1) && changed(3));
    EXPECT_FALSE(changed(2));
    EXPECT_TRUE(update.padding_is_zero());
  }
}

TEST(Trajectory, ClippingComesBeforeThePenalty) {
  for (const auto& [name, plain] : optimizers) {
    SCOPED_TRACE(name);
    ScalarSetting setting = plain;
    setting.penalties.assign(shapes.size(), {.l2 = 0.3});
    setting.clip_norm = 5;
    compare(setting);
    setting.clip_value = 0.1;
    compare(setting);
  }
}

// If the loss is the sum of a/2 (w - c)^2, the minimum of J has a closed form.
void expect_stationary_end(const OptimizerSetting& setting, const Shape& shape) {
  constexpr double l1 = 0.3, l2 = 0.5;
  const Tensors targets = random_tensors({{200}}, 77);
  const auto curvature = [](std::size_t i) { return 0.5 + static_cast<double>(i % 7) / 4; };
  EngineUpdate update(setting, {{.l2 = l2, .l1 = l1}}, {{shape}, {std::vector<double>(200, 0.25)}});
  for (int step = 0; step < 3000; ++step) {
    Tensors gradient{std::vector<double>(200)};
    for (std::size_t i = 0; i < 200; ++i) {
      gradient[0][i] = curvature(i) * (update.weights(0)[i] - targets[0][i]);
    }
    update.step(gradient);
  }
  int zeros = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const double pull = curvature(i) * targets[0][i];
    const double minimum =
        std::copysign(std::max(std::abs(pull) - l1, 0.0), pull) / (curvature(i) + l2);
    EXPECT_NEAR(update.weights(0)[i], minimum, 1e-3) << i;
    zeros += update.weights(0)[i] == 0;
  }
  EXPECT_GT(zeros, 20);
}

TEST(Trajectory, EndsWhereTheObjectiveIsStationary) {
  for (const auto& [name, plain] : optimizers) {
    OptimizerSetting setting = setting_of(plain);
    // Steps of constant length do not converge.
    if (plain.beta2 == 0 || !setting.optimizer->has_metric()) continue;
    SCOPED_TRACE(name);
    setting.learning_rate = plain.kind == "adagrad" ? 0.5 : 0.01;  // its steps shrink
    expect_stationary_end(setting, {200});
  }
}

// A kernel's ratio of norms keeps changing, and with it the threshold.
TEST(Trajectory, EndsThereWithARatioOfNormsToo) {
  for (const auto& setting :
       {lars({.learning_rate = 0.5, .trust = 0.01}), lamb({.learning_rate = 0.01}),
        lookahead(adam({.learning_rate = 0.01}), {.interval = 5})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    expect_stationary_end(setting, {10, 20});
  }
}

}  // namespace
}  // namespace ridgeline::optimize
