// Optimisers through the update pass, step by step, against the scalar update in double; and that
// against PyTorch's trajectories (tools/golden/make_golden.py).

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/update_pass.hpp"
#include "optimize/scalar_update.hpp"
#include "support/golden.hpp"
#include "tensor/random.hpp"

namespace ridgeline::optimize {
namespace {

Tensors random_tensors(const std::vector<std::size_t>& sizes, std::uint64_t stream) {
  Random random(21, Purpose::test, stream);
  Tensors tensors;
  for (const std::size_t size : sizes) {
    auto& tensor = tensors.emplace_back(size);
    for (double& v : tensor) v = static_cast<float>(random.normal());
  }
  return tensors;
}

OptimizerSetting setting_of(const ScalarSetting& s) {
  if (s.kind == "adam") {
    return adam({.learning_rate = s.learning_rate,
                 .beta1 = s.beta1,
                 .beta2 = s.beta2,
                 .epsilon = s.epsilon});
  }
  return sgd({.learning_rate = s.learning_rate, .momentum = s.momentum, .nesterov = s.nesterov});
}

// The engine's state and pass for tensors of the same sizes.
class EngineUpdate {
 public:
  EngineUpdate(const ScalarSetting& s, const Tensors& start)
      : setting_(setting_of(s)),
        state_(parameters(start)),
        pass_(state_),
        gradient_(state_.arena().trainable),
        rule_{setting_.optimizer.get(), s.learning_rate, s.clip_norm, s.clip_value, s.penalties} {
    for (std::size_t p = 0; p < start.size(); ++p) {
      std::copy(start[p].begin(), start[p].end(), state_.weights(p).begin());
    }
  }

  void step(const Tensors& gradients) {
    for (std::size_t p = 0; p < gradients.size(); ++p) {
      std::copy(gradients[p].begin(), gradients[p].end(),
                gradient_.data() + state_.arena().offsets[p]);
    }
    pass_.run(team_, state_, rule_, {{gradient_.data()}, {}});
  }

  std::span<const float> weights(std::size_t p) const { return state_.weights(p); }

  /// Whether everything behind the tensors' ends is still zero.
  bool padding_is_zero() const {
    const auto& arena = state_.arena();
    std::vector<bool> used(arena.trainable, false);
    for (std::size_t p = 0; p < arena.sizes.size(); ++p) {
      for (std::size_t i = 0; i < arena.sizes[p]; ++i) used[arena.offsets[p] + i] = true;
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (!used[i] && state_.weight_arena().data()[i] != 0) return false;
    }
    return true;
  }

 private:
  static std::vector<Parameter> parameters(const Tensors& tensors) {
    std::vector<Parameter> list;
    for (const auto& tensor : tensors) {
      const auto size = static_cast<std::int64_t>(tensor.size());
      list.push_back(
          {fmt::format("t{}", list.size()), 0, {"kernel", {size}, Role::kernel, "zeros", 1, 1}});
    }
    return list;
  }

  OptimizerSetting setting_;
  engine::State state_;
  engine::UpdatePass pass_;
  engine::Team team_{1};
  Buffer<float> gradient_;
  engine::UpdateRule rule_;
};

const std::vector<std::size_t> sizes{1, 15, 17, 1000, 1500};

struct Named {
  const char* name;
  ScalarSetting setting;
};

// Without averages Adam's step jumps where the gradient changes sign, as far as epsilon lets it.
const std::vector<Named> optimizers{
    {"sgd", {.learning_rate = 0.05}},
    {"momentum", {.learning_rate = 0.02, .momentum = 0.9}},
    {"nesterov", {.learning_rate = 0.02, .momentum = 0.8, .nesterov = true}},
    {"adam", {.kind = "adam", .learning_rate = 0.01}},
    {"adam, other betas",
     {.kind = "adam", .learning_rate = 0.003, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3}},
    {"adam, no averages",
     {.kind = "adam", .learning_rate = 0.003, .beta1 = 0, .beta2 = 0, .epsilon = 1e-2}},
};

// What applies to all tensors but the last, which has none.
const std::vector<std::pair<const char*, Penalty>> penalties{
    {"none", {}},
    {"coupled", {.l2 = 0.3}},
    {"decoupled", {.decay = 0.5}},
    {"proximal", {.l1 = 0.4}},
    {"all", {.l2 = 0.2, .l1 = 0.1, .decay = 0.3}},
};

void compare(const ScalarSetting& setting) {
  const Tensors start = random_tensors(sizes, 0);
  ScalarUpdate expected(setting, start);
  EngineUpdate got(setting, start);
  std::size_t zeros = 0;
  for (std::uint64_t step = 1; step <= 15; ++step) {
    const Tensors gradients = random_tensors(sizes, step);
    expected.step(gradients);
    got.step(gradients);
    for (std::size_t p = 0; p < sizes.size(); ++p) {
      for (std::size_t i = 0; i < sizes[p]; ++i) {
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
      SCOPED_TRACE(std::string(name) + ", penalty " + kind);
      ScalarSetting setting = plain;
      setting.penalties.assign(sizes.size(), penalty);
      setting.penalties.back() = {};
      compare(setting);
    }
  }
}

TEST(Trajectory, ClippingComesBeforeThePenalty) {
  for (const auto& [name, plain] : optimizers) {
    SCOPED_TRACE(name);
    ScalarSetting setting = plain;
    setting.penalties.assign(sizes.size(), {.l2 = 0.3});
    setting.clip_norm = 5;
    compare(setting);
    setting.clip_value = 0.1;
    compare(setting);
  }
}

// Where the loss is sum of a/2 (w - c)^2, J has its minimum in closed form.
TEST(Trajectory, EndsWhereTheObjectiveIsStationary) {
  constexpr double l1 = 0.3, l2 = 0.5;
  const Tensors targets = random_tensors({200}, 77);
  const auto curvature = [](std::size_t i) { return 0.5 + static_cast<double>(i % 7) / 4; };
  for (const auto& [name, plain] : optimizers) {
    if (plain.beta2 == 0) continue;  // steps of constant length end nowhere
    SCOPED_TRACE(name);
    ScalarSetting setting = plain;
    setting.learning_rate = 0.01;
    setting.penalties = {{.l2 = l2, .l1 = l1}};
    EngineUpdate update(setting, {std::vector<double>(200, 0.25)});
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
}

TEST(Trajectory, TheScalarUpdateIsPyTorchs) {
  const Penalty l2{.l2 = 0.1}, decay{.decay = 0.1};
  const ScalarSetting sgd{.learning_rate = 0.05}, momentum{.learning_rate = 0.05, .momentum = 0.9},
      nesterov{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true},
      adam{.kind = "adam", .learning_rate = 0.01};
  ScalarSetting clipped = adam;
  clipped.clip_norm = 2;
  const std::map<std::string, std::pair<ScalarSetting, Penalty>> cases{
      {"sgd", {sgd, {}}},
      {"sgd_l2", {sgd, l2}},
      {"momentum_l2", {momentum, l2}},
      {"nesterov_l2", {nesterov, l2}},
      {"adam", {adam, {}}},
      {"adam_l2", {adam, l2}},
      {"adamw_decay", {adam, decay}},
      {"adam_clip_l2", {clipped, l2}}};
  const auto files = golden::read("optimizers.txt");
  ASSERT_EQ(files.size(), cases.size());
  for (const auto& [name, arrays] : files) {
    SCOPED_TRACE(name);
    auto [setting, penalty] = cases.at(name);
    setting.penalties = {penalty, {}, penalty};
    const auto tensors = [&arrays = arrays](const std::string& prefix) {
      Tensors result;
      for (int p = 0; p < 3; ++p) result.push_back(arrays.at(prefix + std::to_string(p)));
      return result;
    };
    ScalarUpdate update(setting, tensors("start:"));
    for (int step = 0; step < 12; ++step) {
      update.step(tensors("gradient:" + std::to_string(step) + ":"));
    }
    const Tensors ends = tensors("end:");
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t i = 0; i < ends[p].size(); ++i) {
        ASSERT_NEAR(update.weights()[p][i], ends[p][i], 2e-8) << p << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace ridgeline::optimize
