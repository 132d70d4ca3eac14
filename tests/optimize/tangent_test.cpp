// Derivatives of several steps with respect to the strength of a penalty, against central
// differences of the optimiser itself.

#include "optimize/tangent.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "ridgeline/optimizers.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"

namespace ridgeline::optimize {
namespace {

constexpr std::size_t count = 64;
constexpr int steps = 30;

// Gradients that do not depend on the weights. They are larger than the penalty's, because Adam's
// first step, the sign of the gradient, has no derivative at 0.
Buffer<float> gradient_of(int step) {
  Random random(9, Purpose::test, static_cast<std::uint64_t>(step));
  Buffer<float> gradient(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double number = random.normal();
    gradient[i] = static_cast<float>(number + (number < 0 ? -0.5 : 0.5));
  }
  return gradient;
}

/// Weights under a penalty, and their derivative with respect to the log of its strength.
struct Descent {
  Buffer<float> weights{count}, z{count};

  Descent(const OptimizerSetting& setting, double l2, double decay) {
    const Optimizer& optimizer = *setting.optimizer;
    const auto tangent = tangent_of(optimizer);
    std::vector<Buffer<float>> slots, dslots;
    std::vector<float*> to, dto;
    for (int s = 0; s < optimizer.slots(); ++s) {
      to.push_back(slots.emplace_back(count).data());
      dto.push_back(dslots.emplace_back(count).data());
    }
    Random random(3, Purpose::test, 0);
    for (std::size_t i = 0; i < count; ++i) weights[i] = 2 * random.uniform() - 1;
    Buffer<float> dgradient(count), step(count), dstep(count);
    for (int t = 1; t <= steps; ++t) {
      Buffer<float> gradient = gradient_of(t);
      const StepInfo info{.learning_rate = 0.01, .step = t};
      for (std::size_t i = 0; i < count; ++i) {
        gradient[i] += static_cast<float>(l2 * static_cast<double>(weights[i]));
        dgradient[i] = static_cast<float>(l2 * static_cast<double>(weights[i] + z[i]));
      }
      tangent->step(
          info, {count, gradient.data(), to.data(), dgradient.data(), dto.data(), dstep.data()});
      optimizer.step(info, count, gradient.data(), to.data(), step.data(), nullptr);
      const double shrink = info.learning_rate * decay;
      for (std::size_t i = 0; i < count; ++i) {
        z[i] = static_cast<float>((1 - shrink) * static_cast<double>(z[i]) -
                                  shrink * static_cast<double>(weights[i])) -
               dstep[i];
        weights[i] = static_cast<float>((1 - shrink) * static_cast<double>(weights[i])) - step[i];
      }
    }
  }
};

void check(const OptimizerSetting& setting, double l2, double decay) {
  const double far = 0.02;  // of the logarithm
  const Descent here(setting, l2, decay);
  const Descent more(setting, l2 * std::exp(far), decay * std::exp(far));
  const Descent less(setting, l2 * std::exp(-far), decay * std::exp(-far));
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(here.z[i])));
  }
  ASSERT_GT(largest, 1e-3) << "the strength matters";
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = static_cast<double>(more.weights[i] - less.weights[i]) / (2 * far);
    EXPECT_NEAR(static_cast<double>(here.z[i]), difference, 2e-3 * largest) << i;
  }
}

TEST(Tangent, EqualsCentralDifferencesOfACoupledPenalty) {
  check(sgd(), 0.3, 0);
  check(sgd({.momentum = 0.9}), 0.3, 0);
  check(sgd({.momentum = 0.9, .nesterov = true}), 0.3, 0);
  check(adam(), 0.3, 0);
  check(adam({.beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3}), 0.3, 0);
}

TEST(Tangent, EqualsCentralDifferencesOfADecoupledDecay) {
  check(sgd({.momentum = 0.9}), 0, 0.3);
  check(adamw(), 0, 0.3);
  check(adamw(), 0.2, 0.3);
}

TEST(Tangent, IsThereForOptimisersThatItKnows) {
  for (const auto& setting : {sgd(), gd(), adam(), adamw()}) {
    EXPECT_NE(tangent_of(*setting.optimizer), nullptr) << setting.optimizer->kind();
  }
  for (const auto& setting : {rmsprop(), nadam(), lamb(), lbfgs()}) {
    EXPECT_EQ(tangent_of(*setting.optimizer), nullptr) << setting.optimizer->kind();
  }
}

TEST(Tangent, AWeightWithoutGradientHasNone) {
  Buffer<float> zeros(count), m(count), v(count), dm(count), dv(count), step(count);
  float* slots[] = {m.data(), v.data()};
  float* dslots[] = {dm.data(), dv.data()};
  tangent_of(*adam().optimizer)
      ->step({.learning_rate = 0.1, .step = 1},
             {count, zeros.data(), slots, zeros.data(), dslots, step.data()});
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(step[i], 0.0F) << i;
}

}  // namespace
}  // namespace ridgeline::optimize
