// What optimisers promise the update pass, beyond their recurrences.

#include <gtest/gtest.h>

#include <cmath>

#include "ridgeline/optimizer.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr std::size_t count = 1024;

std::vector<OptimizerSetting> settings() {
  return {sgd(), sgd({.momentum = 0.9}), sgd({.momentum = 0.9, .nesterov = true}), adam()};
}

// Buffers for one optimiser, aligned and zero as the engine's are.
struct Slice {
  explicit Slice(const Optimizer& o) : gradient(count), step(count), metric(count), optimizer(&o) {
    for (int s = 0; s < o.slots(); ++s) slots.emplace_back(count);
  }

  void take(std::int64_t number, std::size_t first, std::size_t length) {
    std::vector<float*> pointers;
    for (auto& slot : slots) pointers.push_back(slot.data() + first);
    optimizer->step({0.01, number}, length, gradient.data() + first, pointers.data(),
                    step.data() + first, metric.data() + first);
  }

  Buffer<float> gradient, step, metric;
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
  for (const auto& setting : settings()) {
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
  for (const auto& setting : settings()) {
    Slice run(*setting.optimizer);
    for (std::int64_t number = 1; number <= 3; ++number) {
      fill(run.step, 1);
      run.take(number, 0, count);
      EXPECT_EQ(bits(run.step), std::vector<float>(count, 0)) << setting.optimizer->kind();
    }
  }
}

TEST(Step, TheMetricIsTheStepPerUnitOfASteadyGradient) {
  for (const auto& setting : settings()) {
    Slice run(*setting.optimizer);
    fill(run.gradient, 3);
    for (std::int64_t number = 1; number <= 400; ++number) run.take(number, 0, count);
    for (std::size_t i = 0; i < count; ++i) {
      const float expected = run.metric[i] * run.gradient[i];
      ASSERT_NEAR(run.step[i], expected, 1e-5 * std::abs(expected))
          << setting.optimizer->kind() << " " << i;
    }
  }
}

TEST(Step, TheMetricIsOptional) {
  for (const auto& setting : settings()) {
    Slice with(*setting.optimizer), without(*setting.optimizer);
    fill(with.gradient, 5);
    fill(without.gradient, 5);
    with.take(1, 0, count);
    std::vector<float*> slots;
    for (auto& slot : without.slots) slots.push_back(slot.data());
    setting.optimizer->step({0.01, 1}, count, without.gradient.data(), slots.data(),
                            without.step.data(), nullptr);
    EXPECT_EQ(bits(with.step), bits(without.step));
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

TEST(Step, AdamGoesOnAfterManyUpdates) {
  const auto setting = adam();
  Slice run(*setting.optimizer);
  fill(run.gradient, 6);
  run.take(100'000'000'000, 0, count);  // both bias corrections are 1
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(std::isfinite(run.step[i]));
}

}  // namespace
}  // namespace ridgeline
