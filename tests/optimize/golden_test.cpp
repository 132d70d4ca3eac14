// Compares trajectories with PyTorch's (tools/golden/make_optimizers.py) or, for kinds that it does
// not have, with the papers' formulas in PyTorch: those of the scalar update in double, and of the
// optimisers themselves.

#include "support/golden.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "optimize/direct_update.hpp"
#include "optimize/engine_update.hpp"
#include "optimize/scalar_update.hpp"

namespace ridgeline::optimize {
namespace {

const std::vector<Shape> shapes{{4, 27}, {4}, {12, 5}, {5}};
constexpr int steps = 12;

struct Case {
  OptimizerSetting setting;
  std::optional<ScalarSetting> scalar;  // for elementwise optimisers
};

Case scalar(const ScalarSetting& setting) {
  return {setting_of(setting), setting};
}

// By the name of the golden case without its penalty.
Case case_of(const std::string& name) {
  ScalarSetting adam{.kind = "adam", .learning_rate = 0.01};
  ScalarSetting rms{.kind = "rmsprop", .learning_rate = 0.01};
  if (name == "adam_clip") adam.clip_norm = 2;
  if (name == "rmsprop_momentum") rms.momentum = 0.8;
  if (name == "rmsprop_centered") rms.centered = true;
  if (name == "rmsprop_centered_momentum") rms.momentum = 0.8, rms.centered = true;
  const std::map<std::string, Case> cases{
      {"sgd", scalar({.learning_rate = 0.05})},
      {"momentum", scalar({.learning_rate = 0.05, .momentum = 0.9})},
      {"nesterov", scalar({.learning_rate = 0.05, .momentum = 0.9, .nesterov = true})},
      {"adam", scalar(adam)},
      {"adamw", scalar(adam)},
      {"adam_clip", scalar(adam)},
      {"nadam", scalar({.kind = "nadam", .learning_rate = 0.01})},
      {"radam", scalar({.kind = "radam", .learning_rate = 0.01})},
      {"rmsprop", scalar(rms)},
      {"rmsprop_momentum", scalar(rms)},
      {"rmsprop_centered", scalar(rms)},
      {"rmsprop_centered_momentum", scalar(rms)},
      {"adagrad", scalar({.kind = "adagrad", .learning_rate = 0.1})},
      {"lion", scalar({.kind = "lion", .learning_rate = 0.01, .beta2 = 0.99})},
      {"lamb", {lamb({.learning_rate = 0.02}), {}}},
      {"lars", {lars({.learning_rate = 0.5, .trust = 0.02}), {}}},
      {"muon", {muon({.learning_rate = 0.01}), {}}},
      {"muon_plain", {muon({.learning_rate = 0.01, .nesterov = false}), {}}},
      {"lookahead", {lookahead(ridgeline::adam({.learning_rate = 0.01}), {.interval = 5}), {}}},
  };
  return cases.at(name);
}

class GoldenTrajectory : public testing::Test {
 protected:
  Tensors given(const std::string& prefix) const { return read("given", prefix); }

  Tensors read(const std::string& name, const std::string& prefix) const {
    Tensors result;
    for (std::size_t p = 0; p < shapes.size(); ++p) {
      result.push_back(files_.at(name).at(prefix + std::to_string(p)));
    }
    return result;
  }

  // Calls compare(name, case, penalties) for each case except L-BFGS's.
  template <typename F>
  void for_each_case(F compare) const {
    int count = 0;
    for (const auto& [name, arrays] : files_) {
      if (name == "given" || name.starts_with("lbfgs")) continue;
      SCOPED_TRACE(name);
      const bool coupled = name.ends_with("_l2"), decoupled = name.ends_with("_decay");
      const Penalty penalty{.l2 = coupled ? 0.1 : 0, .decay = decoupled ? 0.1 : 0};
      const std::string kind = coupled || decoupled ? name.substr(0, name.rfind('_')) : name;
      compare(name, case_of(kind), std::vector<Penalty>{penalty, {}, penalty, {}});
      ++count;
    }
    EXPECT_EQ(count, 33);
  }

  template <typename Update>
  void expect_ends(const std::string& name, Update update, double tolerance) const {
    for (int step = 0; step < steps; ++step) {
      update.step(given("gradient:" + std::to_string(step) + ":"));
    }
    expect_near(update, read(name, "end:"), tolerance);
  }

  template <typename Update>
  static void expect_near(const Update& update, const Tensors& expected, double tolerance) {
    for (std::size_t p = 0; p < expected.size(); ++p) {
      for (std::size_t i = 0; i < expected[p].size(); ++i) {
        const double w = expected[p][i];
        ASSERT_NEAR(update.weights(p)[i], w, tolerance * (1 + std::abs(w))) << p << " " << i;
      }
    }
  }

  std::map<std::string, golden::Arrays> files_ = golden::read("optimizers.txt");
};

// The scalar update's weights in the form of the others.
struct Scalars {
  ScalarUpdate update;
  void step(const Tensors& gradients) { update.step(gradients); }
  const std::vector<double>& weights(std::size_t p) const { return update.weights()[p]; }
};

TEST_F(GoldenTrajectory, TheScalarUpdateIsPyTorchs) {
  int scalars = 0;
  for_each_case([&](const std::string& name, const Case& c, const std::vector<Penalty>& penalties) {
    if (!c.scalar) return;
    ScalarSetting setting = *c.scalar;
    setting.penalties = penalties;
    expect_ends(name, Scalars{ScalarUpdate(setting, given("start:"))}, 2e-8);
    ++scalars;
  });
  EXPECT_EQ(scalars, 25);
}

TEST_F(GoldenTrajectory, StepsAreThePapers) {
  for_each_case([&](const std::string& name, const Case& c, const std::vector<Penalty>& penalties) {
    if (c.setting.clip_norm > 0 || c.setting.lookahead.interval > 0) return;  // by the engine
    expect_ends(name, DirectUpdate(c.setting, penalties, {shapes, given("start:")}), 2e-6);
  });
}

TEST_F(GoldenTrajectory, AndThroughTheUpdatePass) {
  for_each_case([&](const std::string& name, const Case& c, const std::vector<Penalty>& penalties) {
    expect_ends(name, EngineUpdate(c.setting, penalties, {shapes, given("start:")}), 2e-6);
  });
}

TEST_F(GoldenTrajectory, LbfgsIsPyTorchs) {
  for (const auto* name : {"lbfgs", "lbfgs_l2"}) {
    SCOPED_TRACE(name);
    const Penalty penalty{.l2 = name == std::string("lbfgs") ? 0 : 0.3};
    const Tensors curvature = read(name, "curvature:"), target = read(name, "target:");
    const std::vector<Penalty> penalties{penalty, {}, penalty, {}};
    const TensorsOf tensors{shapes, given("start:")};
    const auto setting = lbfgs({.learning_rate = 0.5, .history = 3});
    DirectUpdate update(setting, penalties, tensors);
    EngineUpdate through_the_pass(setting, penalties, tensors);
    for (int step = 0; step < steps; ++step) {
      Tensors gradient = curvature;
      for (std::size_t p = 0; p < shapes.size(); ++p) {
        for (std::size_t i = 0; i < gradient[p].size(); ++i) {
          const double off = update.weights(p)[i] - target[p][i];
          gradient[p][i] = curvature[p][i] * off + off * off * off / 2;
        }
      }
      update.step(gradient);
      through_the_pass.step(gradient);
      const Tensors after = read(name, "after:" + std::to_string(step) + ":");
      expect_near(update, after, 2e-5);
      expect_near(through_the_pass, after, 2e-5);
    }
  }
}

}  // namespace
}  // namespace ridgeline::optimize
