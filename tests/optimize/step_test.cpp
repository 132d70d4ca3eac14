// What optimisers promise the update pass, in addition to their recurrences.

#include <gtest/gtest.h>

#include <cmath>

#include "ridgeline/optimizers.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr std::size_t count = 1024;

std::vector<OptimizerSetting> elementwise() {
  return {sgd(),
          sgd({.momentum = 0.9}),
          sgd({.momentum = 0.9, .nesterov = true}),
          adam(),
          adamw(),
          nadam(),
          radam(),
          rmsprop(),
          rmsprop({.momentum = 0.5}),
          rmsprop({.centered = true}),
          rmsprop({.momentum = 0.5, .centered = true}),
          adagrad(),
          adagrad({.initial_accumulator = 0}),
          lion()};
}

std::vector<OptimizerSetting> all() {
  auto settings = elementwise();
  for (const auto& setting : {lamb(), lars(), muon(), lbfgs()}) settings.push_back(setting);
  return settings;
}

// Buffers for one optimiser, aligned and zero like the engine's.
struct Slice {
  explicit Slice(const Optimizer& o)
      : weights(count), gradient(count), step(count), metric(count), optimizer(&o) {
    for (int s = 0; s < o.slots(); ++s) slots.emplace_back(count);
  }

  void take(std::int64_t number, std::size_t first, std::size_t length) {
    std::vector<float*> pointers;
    for (auto& slot : slots) pointers.push_back(slot.data() + first);
    optimizer->step(info(number), length, gradient.data() + first, pointers.data(),
                    step.data() + first, metric.data() + first);
  }

  // The whole as a matrix, for optimisers that need one.
  StepInfo info(std::int64_t number) const {
    const std::int64_t rows = optimizer->scope() == Scope::model ? 1 : 16;
    return {.learning_rate = 0.01,
            .step = number,
            .weights = weights.data(),
            .rows = rows,
            .columns = static_cast<std::int64_t>(count) / rows};
  }

  Buffer<float> weights, gradient, step, metric;
  std::vector<Buffer<float>> slots;
  const Optimizer* optimizer;
};

void fill(Buffer<float>& values, std::uint64_t stream) {
  Random random(4, Purpose::test, stream);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(random.normal() * std::pow(10.0, random.normal()));
  }
}

std::vector<float> bits(const Buffer<float>& b) {
  return {b.data(), b.data() + b.size()};
}

TEST(Step, TheSameBitsHoweverARunIsCut) {
  for (const auto& setting : elementwise()) {
    Slice whole(*setting.optimizer), pieces(*setting.optimizer);
    for (std::int64_t number = 1; number <= 5; ++number) {
      fill(whole.gradient, static_cast<std::uint64_t>(number));
      fill(pieces.gradient, static_cast<std::uint64_t>(number));
      whole.take(number, 0, count);
      Random random(9, Purpose::test, static_cast<std::uint64_t>(number));
      for (std::size_t first = 0; first < count;) {
        const std::size_t length = std::min<std::size_t>(count - first, 16 * (1 + random.below(9)));
        pieces.take(number, first, length);
        first += length;
      }
      ASSERT_EQ(bits(whole.step), bits(pieces.step)) << setting.optimizer->kind();
      ASSERT_EQ(bits(whole.metric), bits(pieces.metric)) << setting.optimizer->kind();
      for (std::size_t s = 0; s < whole.slots.size(); ++s) {
        ASSERT_EQ(bits(whole.slots[s]), bits(pieces.slots[s])) << setting.optimizer->kind();
      }
    }
  }
}

TEST(Step, ZeroGradientsFromZeroSlotsTakeNoStep) {
  for (const auto& setting : all()) {
    Slice run(*setting.optimizer);
    fill(run.weights, 2);
    for (std::int64_t number = 1; number <= 3; ++number) {
      fill(run.step, 1);
      run.take(number, 0, count);
      EXPECT_EQ(bits(run.step), std::vector<float>(count, 0)) << setting.optimizer->kind();
    }
  }
}

TEST(Step, TheMetricIsTheStepPerUnitOfASteadyGradient) {
  int with_metric = 0;
  for (const auto& setting : all()) {
    if (!setting.optimizer->has_metric()) continue;
    ++with_metric;
    Slice run(*setting.optimizer);
    fill(run.weights, 2);
    fill(run.gradient, 3);
    for (std::int64_t number = 1; number <= 400; ++number) run.take(number, 0, count);
    for (std::size_t i = 0; i < count; ++i) {
      const float expected = run.metric[i] * run.gradient[i];
      ASSERT_NEAR(run.step[i], expected, 1e-5 * std::abs(expected))
          << setting.optimizer->kind() << " " << i;
    }
  }
  EXPECT_EQ(with_metric, 13);
}

TEST(Step, TheMetricIsOptional) {
  for (const auto& setting : all()) {
    Slice with(*setting.optimizer), without(*setting.optimizer);
    for (Slice* slice : {&with, &without}) {
      fill(slice->weights, 2);
      fill(slice->gradient, 5);
    }
    with.take(1, 0, count);
    std::vector<float*> slots;
    for (auto& slot : without.slots) slots.push_back(slot.data());
    setting.optimizer->step(without.info(1), count, without.gradient.data(), slots.data(),
                            without.step.data(), nullptr);
    EXPECT_EQ(bits(with.step), bits(without.step)) << setting.optimizer->kind();
  }
}

TEST(Step, AdamsFirstStepIsTheLearningRateWhateverTheGradientsSize) {
  const auto setting = adam({.epsilon = 1e-12});
  Slice run(*setting.optimizer);
  for (std::size_t i = 0; i < count; ++i) {
    run.gradient[i] = (i % 2 ? -1.0f : 1.0f) * std::pow(10.0f, static_cast<float>(i % 13) - 6);
  }
  run.take(1, 0, count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_NEAR(run.step[i], i % 2 ? -0.01 : 0.01, 1e-7) << run.gradient[i];
  }
}

TEST(Step, GoesOnAfterManyUpdates) {
  for (const auto& setting : all()) {
    Slice run(*setting.optimizer);
    fill(run.weights, 2);
    fill(run.gradient, 6);
    run.take(100'000'000'000, 0, count);  // corrections of bias are 1
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(std::isfinite(run.step[i])) << setting.optimizer->kind();
    }
  }
}

TEST(Step, ThreadsMayTakeStepsOfSeveralTrainings) {
  // NAdam's product of momenta belongs to the step's number, not to the thread's last call.
  const auto slow = nadam(), fast = nadam({.beta1 = 0.5});
  Slice alone(*slow.optimizer), mixed(*slow.optimizer), other(*fast.optimizer);
  for (std::int64_t number = 1; number <= 6; ++number) {
    for (Slice* slice : {&alone, &mixed, &other}) {
      fill(slice->gradient, static_cast<std::uint64_t>(number));
    }
    other.take(7 - number, 0, count);
    mixed.take(number, 0, count / 2);
    other.take(number, 0, count);
    mixed.take(number, count / 2, count / 2);
  }
  for (std::int64_t number = 1; number <= 6; ++number) {
    fill(alone.gradient, static_cast<std::uint64_t>(number));
    alone.take(number, 0, count);
  }
  EXPECT_EQ(bits(alone.step), bits(mixed.step));
}

}  // namespace
}  // namespace ridgeline
