#include <gtest/gtest.h>

#include <cmath>

#include "engine/kernels/update_kernels.hpp"
#include "engine/update_pass.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine {
namespace {

// step = lr * gradient; its slot keeps the last gradient.
class PlainDescent final : public Optimizer {
 public:
  std::string_view kind() const override { return "plain"; }
  Attributes attributes() const override { return {}; }
  int slots() const override { return 1; }
  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    for (std::size_t i = 0; i < count; ++i) {
      slots[0][i] = gradient[i];
      step[i] = static_cast<float>(info.learning_rate) * gradient[i];
      if (metric != nullptr) metric[i] = static_cast<float>(info.learning_rate);
    }
  }
};

std::vector<Parameter> parameters() {
  const auto make = [](std::string name, Shape shape, Role role) {
    return Parameter{name, 0, {name, std::move(shape), role, "zeros", 1, 1}};
  };
  return {make("a", {3, 7, 5, 5}, Role::kernel), make("b", {3}, Role::bias),
          make("statistic", {3}, Role::statistic), make("c", {1, 4099}, Role::kernel)};
}

struct Fixture {
  explicit Fixture(int shards) : state(parameters()) {
    Random random(11, Purpose::test);
    for (std::size_t p = 0; p < 4; ++p) {
      for (float& w : state.weights(p)) w = static_cast<float>(random.normal());
    }
    for (int s = 0; s < shards; ++s) gradients.emplace_back(state.arena().trainable);
    for (const std::size_t p : {0, 1, 3}) {
      for (std::size_t i = 0; i < state.weights(p).size(); ++i) {
        for (auto& g : gradients) {
          g[state.arena().offsets[p] + i] = static_cast<float>(random.normal());
        }
      }
    }
  }
  std::vector<float*> arenas() {
    std::vector<float*> pointers;
    for (auto& g : gradients) pointers.push_back(g.data());
    return pointers;
  }
  double gradient(std::size_t p, std::size_t i) const {
    double sum = 0;
    for (const auto& g : gradients) sum += g[state.arena().offsets[p] + i];
    return sum;
  }
  State state;
  std::vector<Buffer<float>> gradients;
};

TEST(UpdatePass, OneStepByTheFormula) {
  Fixture before(3), after(3);
  Team team(2);
  const PlainDescent optimizer;
  UpdateRule rule{&optimizer, 0.1, 0, 0, {{0.5, 0, 0}, {0, 0, 0}, {}, {0, 0.3, 0.2}}};
  const UpdateReport report =
      UpdatePass(after.state).run(team, after.state, rule, {after.arenas(), {}});

  double penalty = 0, square = 0;
  for (const std::size_t p : {0, 1, 3}) {
    for (std::size_t i = 0; i < before.state.weights(p).size(); ++i) {
      const double w = before.state.weights(p)[i], g = before.gradient(p, i);
      square += g * g;
      double expected = w;
      if (p == 0) {
        penalty += 0.25 * w * w;
        expected = w - 0.1 * (g + 0.5 * w);
      } else if (p == 1) {
        expected = w - 0.1 * g;
      } else {
        penalty += 0.3 * std::abs(w);
        const double moved = (1 - 0.1 * 0.2) * w - 0.1 * g;
        expected = std::copysign(std::max(std::abs(moved) - 0.1 * 0.3, 0.0), moved);
      }
      ASSERT_NEAR(after.state.weights(p)[i], expected, 1e-6) << p << " " << i;
    }
  }
  EXPECT_NEAR(report.penalty, penalty, 1e-9 * penalty);
  double decayed = 0;
  for (const float w : before.state.weights(3)) decayed += static_cast<double>(w) * w;
  EXPECT_NEAR(report.decay_shrink, 0.1 * 0.2 * std::sqrt(decayed), 1e-9);
  EXPECT_NEAR(report.gradient_norm, std::sqrt(square), 1e-6 * std::sqrt(square));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(after.state.weights(2)[i], before.state.weights(2)[i])
        << "statistics are not trained";
  }
}

TEST(UpdatePass, ClipsTheDataGradientBeforeThePenalty) {
  Fixture before(2), after(2);
  Team team(1);
  const PlainDescent optimizer;
  double square = 0;
  for (const std::size_t p : {0, 1, 3}) {
    for (std::size_t i = 0; i < before.state.weights(p).size(); ++i) {
      square += before.gradient(p, i) * before.gradient(p, i);
    }
  }
  const double scale = 2.5 / std::sqrt(square);
  UpdateRule rule{&optimizer, 1, 2.5, 0, std::vector<Penalty>(4, Penalty{0.5, 0, 0})};
  UpdatePass(after.state).run(team, after.state, rule, {after.arenas(), {}});
  for (std::size_t i = 0; i < 100; ++i) {
    const double w = before.state.weights(0)[i];
    ASSERT_NEAR(after.state.weights(0)[i], w - (scale * before.gradient(0, i) + 0.5 * w), 1e-6);
  }
}

TEST(UpdatePass, ClipsSingleNumbers) {
  Fixture before(1), after(1);
  Team team(1);
  const PlainDescent optimizer;
  UpdateRule rule{&optimizer, 1, 0, 0.5, std::vector<Penalty>(4)};
  UpdatePass(after.state).run(team, after.state, rule, {after.arenas(), {}});
  for (std::size_t i = 0; i < 100; ++i) {
    const double clipped = std::clamp(before.gradient(0, i), -0.5, 0.5);
    ASSERT_NEAR(after.state.weights(0)[i], before.state.weights(0)[i] - clipped, 1e-6);
  }
}

TEST(UpdatePass, TheSameBitsOnAnyNumberOfThreads) {
  const PlainDescent optimizer;
  UpdateRule rule{&optimizer, 0.1, 1, 0, std::vector<Penalty>(4, Penalty{0.1, 0.01, 0.1})};
  Fixture one(5);
  Team single(1);
  const UpdateReport expected =
      UpdatePass(one.state).run(single, one.state, rule, {one.arenas(), {}});
  for (const int threads : {2, 3, 8}) {
    Fixture many(5);
    Team team(threads);
    const UpdateReport report =
        UpdatePass(many.state).run(team, many.state, rule, {many.arenas(), {}});
    EXPECT_EQ(report.penalty, expected.penalty);
    EXPECT_EQ(report.gradient_norm, expected.gradient_norm);
    for (const std::size_t p : {0, 1, 3}) {
      EXPECT_TRUE(std::ranges::equal(many.state.weights(p), one.state.weights(p)));
    }
  }
}

TEST(UpdatePass, FrozenParametersAreNeitherMovedNorCounted) {
  Fixture before(1), after(1);
  Team team(2);
  const PlainDescent optimizer;
  after.state.frozen[0] = true;
  UpdateRule rule{&optimizer, 0.1, 0, 0, {{0.5, 0, 0}, {}, {}, {}}};
  const UpdateReport report =
      UpdatePass(after.state).run(team, after.state, rule, {after.arenas(), {}});
  EXPECT_EQ(report.penalty, 0);
  EXPECT_EQ(penalty(after.state, rule.penalties), 0);
  EXPECT_TRUE(std::ranges::equal(after.state.weights(0), before.state.weights(0)));
  EXPECT_FALSE(std::ranges::equal(after.state.weights(3), before.state.weights(3)));
}

TEST(UpdatePass, PenaltyOfWeightsAsTheyAre) {
  Fixture f(1);
  double expected = 0;
  for (const float w : f.state.weights(0)) expected += 0.05 * w * w;
  for (const float w : f.state.weights(3)) expected += 0.2 * std::abs(w);
  EXPECT_NEAR(penalty(f.state, {{0.1, 0, 0}, {}, {}, {0, 0.2, 0}}), expected, 1e-9 * expected);
}

TEST(UpdatePass, CollectsMicroBatches) {
  Fixture f(2);
  Team team(2);
  UpdatePass pass(f.state);
  const double first = f.gradient(0, 7);
  pass.collect(team, {f.arenas(), {}}, f.state.gradient_arena().data(), false);
  Fixture again(2);
  pass.collect(team, {again.arenas(), {}}, f.state.gradient_arena().data(), true);
  EXPECT_NEAR(f.state.gradient_arena()[f.state.arena().offsets[0] + 7], 2 * first, 1e-5);
}

}  // namespace
}  // namespace ridgeline::engine
