// Terms inside the update: their order, the memory between steps, and that a step that sees whole
// tensors gives the results of the fused pass.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/update_pass.hpp"
#include "objective/terms/terms.hpp"
#include "ridgeline/optimizers.hpp"
#include "support/golden.hpp"
#include "tensor/random.hpp"

namespace ridgeline::objective {
namespace {

using engine::State;

// SGD with a given scope.
class Descent final : public Optimizer {
 public:
  explicit Descent(Scope scope) : scope_(scope) {}
  std::string_view kind() const override { return "descent"; }
  Attributes attributes() const override { return {}; }
  int slots() const override { return 1; }
  Scope scope() const override { return scope_; }
  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float* metric) const override {
    if (scope_ != Scope::element) {
      EXPECT_NE(info.weights, nullptr);
      EXPECT_LE(info.rows * info.columns, static_cast<std::int64_t>(count));
      EXPECT_GT(info.rows * info.columns + 16, static_cast<std::int64_t>(count));
    }
    for (std::size_t i = 0; i < count; ++i) {
      slots[0][i] = 0.5F * slots[0][i] + gradient[i];
      step[i] = static_cast<float>(info.learning_rate) * slots[0][i];
      if (metric != nullptr) metric[i] = static_cast<float>(info.learning_rate / 0.5);
    }
  }

 private:
  Scope scope_;
};

// The last one is small, or so large that threads share its loops.
std::vector<Parameter> parameters(Shape last = {40, 77}) {
  const auto make = [](std::string name, Shape shape, Role role) {
    return Parameter{name, 0, {name, std::move(shape), role, "zeros", 1, 1}};
  };
  return {make("conv.kernel", {6, 3, 5, 5}, Role::kernel), make("conv.bias", {6}, Role::bias),
          make("norm.moving_mean", {6}, Role::statistic),
          make("dense.kernel", std::move(last), Role::kernel)};
}

struct Update {
  explicit Update(int threads = 1, std::vector<Parameter> list = parameters())
      : state(std::move(list)), team(threads), pass(state), gradient(state.arena().trainable) {
    Random random(17, Purpose::test);
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      for (float& w : state.weights(p)) w = static_cast<float>(0.3 * random.normal());
    }
  }
  void draw(std::uint64_t stream) {
    Random random(18, Purpose::test, stream);
    for (std::size_t p = 0; p < state.parameters().size(); ++p) {
      if (state.arena().offsets[p] >= state.arena().trainable) continue;
      for (std::size_t i = 0; i < state.arena().sizes[p]; ++i) {
        gradient[state.arena().offsets[p] + i] = static_cast<float>(random.normal());
      }
    }
  }
  engine::UpdateReport step(const engine::UpdateRule& rule) {
    return pass.run(team, state, rule, {{gradient.data()}, {}});
  }
  std::vector<float> weights() const {
    const auto& arena = state.weight_arena();
    return {arena.data(), arena.data() + arena.size()};
  }
  State state;
  engine::Team team;
  engine::UpdatePass pass;
  Buffer<float> gradient;
};

Penalty everything() {
  return {.l2 = 0.1,
          .l1 = 0.01,
          .decay = 0.2,
          .independent_decay = 0.01,
          .l2_sp = 0.1,
          .group_lasso = 0.02,
          .orthogonal = 0.05,
          .spectral = 0.05,
          .max_norm = 1.2,
          .cpr = 0.5};
}

TEST(TermUpdate, AStepThatSeesWholeTensorsGivesWhatTheFusedPassGives) {
  const Terms terms(Regularize{.cpr_warmup = 2});
  const std::vector<Penalty> penalties{everything(), {.l2 = 0.3}, {}, everything()};
  for (const Shape& last : {Shape{40, 77}, Shape{140, 131}, Shape{61, 283}}) {
    SCOPED_TRACE(last.text());
    std::vector<std::vector<float>> results;
    std::vector<double> reported;
    for (const Scope scope : {Scope::element, Scope::tensor, Scope::model}) {
      for (const int threads : {1, 3}) {
        const Descent optimizer(scope);
        Update update(threads, parameters(last));
        update.state.keep_reference();
        engine::UpdateRule rule{.optimizer = &optimizer,
                                .learning_rate = 0.05,
                                .clip_norm = 20,
                                .clip_value = 1,
                                .penalties = penalties,
                                .terms = terms.of(penalties),
                                .rate_share = 0.5};
        engine::UpdateReport report;
        for (std::uint64_t k = 0; k < 5; ++k) {
          update.draw(k);
          report = update.step(rule);
        }
        results.push_back(update.weights());
        reported.push_back(report.penalty);
        EXPECT_GT(report.parameters[0].update_square, 0);
      }
    }
    for (std::size_t k = 1; k < results.size(); ++k) {
      EXPECT_EQ(results[k], results[0]) << k;
      EXPECT_EQ(reported[k], reported[0]) << k;
    }
  }
}

TEST(TermUpdate, FrozenParametersHaveNoTerms) {
  for (const Scope scope : {Scope::element, Scope::tensor, Scope::model}) {
    const Descent optimizer(scope);
    Update update;
    update.state.keep_reference();
    update.state.frozen[0] = true;
    const std::vector<float> before(update.state.weights(0).begin(), update.state.weights(0).end());
    const Terms terms{Regularize{}};
    const std::vector<Penalty> penalties(4, everything());
    update.draw(1);
    auto applied = terms.of(penalties);
    applied[2].clear();
    const auto report = update.step(
        {.optimizer = &optimizer, .learning_rate = 0.05, .penalties = penalties, .terms = applied});
    EXPECT_EQ(std::vector<float>(update.state.weights(0).begin(), update.state.weights(0).end()),
              before);
    EXPECT_EQ(report.parameters[0].update_square, 0);
    EXPECT_GT(report.parameters[3].update_square, 0);
  }
}

TEST(TermUpdate, IndependentDecayKnowsTheScheduleAndNotTheRate) {
  for (const double rate : {0.5, 0.001}) {
    const Descent optimizer(Scope::element);
    Update update;
    const std::vector<float> before = update.weights();
    const auto report =
        update.step({.optimizer = &optimizer,
                     .learning_rate = rate,
                     .penalties = std::vector<Penalty>(4, {.independent_decay = 0.1}),
                     .rate_share = 0.25});
    double square = 0;
    for (std::size_t i = 0; i < update.state.arena().trainable; ++i) {
      EXPECT_NEAR(update.weights()[i], 0.975 * before[i], 1e-7);
      square += before[i] * static_cast<double>(before[i]);
    }
    EXPECT_NEAR(report.decay_shrink, 0.025 * std::sqrt(square), 1e-6);
    EXPECT_EQ(report.penalty, 0);
  }
}

TEST(TermUpdate, ThePenaltyReportedIsThatOfTheWeightsBefore) {
  const Descent optimizer(Scope::element);
  Update update;
  update.state.keep_reference();
  update.state.weights(0)[5] += 1;
  const Terms terms{Regularize{}};
  std::vector<Penalty> penalties{everything(), {}, {}, everything()};
  for (Penalty& p : penalties) p.spectral = 0;  // an update knows only an estimate of it
  const double expected = engine::penalty(update.state, penalties, terms.of(penalties));
  const double l2_sp = everything().l2_sp / 2;  // from the only weight that has moved
  std::vector<Penalty> without = penalties;
  for (Penalty& p : without) p.l2_sp = 0;
  EXPECT_NEAR(expected - engine::penalty(update.state, without, terms.of(without)), l2_sp, 1e-6);
  const auto report = update.step({.optimizer = &optimizer,
                                   .learning_rate = 0.05,
                                   .penalties = penalties,
                                   .terms = terms.of(penalties)});
  EXPECT_NEAR(report.penalty, expected, 1e-9 * expected);
}

// The minimum of sum_i a_i/2 (w_i - c_i)^2 + strength * sum over rows |W_row|, by any optimiser.
TEST(TermUpdate, GroupLassoEndsWhereTheObjectiveIsStationary) {
  constexpr double strength = 1.5;
  const Terms terms{Regularize{}};
  const auto curvature = [](std::size_t i) { return 0.5 + static_cast<double>(i % 5) / 4; };
  for (const OptimizerSetting& setting :
       {sgd({.learning_rate = 0.02}), sgd({.learning_rate = 0.01, .momentum = 0.9}),
        adam({.learning_rate = 0.003})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    const std::vector<Parameter> one{{"k", 0, {"kernel", {12, 6}, Role::kernel, "zeros", 1, 1}}};
    Update update(1, one);
    std::vector<double> target(72);
    Random random(3, Purpose::test);
    for (std::size_t i = 0; i < 72; ++i) target[i] = (i < 36 ? 0.3 : 1.5) * random.normal();
    const std::vector<Penalty> penalties{{.group_lasso = strength}};
    for (int step = 0; step < 6000; ++step) {
      for (std::size_t i = 0; i < 72; ++i) {
        update.gradient[i] =
            static_cast<float>(curvature(i) * (update.state.weights(0)[i] - target[i]));
      }
      update.step({.optimizer = setting.optimizer.get(),
                   .learning_rate = setting.learning_rate.value,
                   .penalties = penalties,
                   .terms = terms.of(penalties)});
    }
    int zero_rows = 0;
    for (std::size_t r = 0; r < 12; ++r) {
      double norm = 0, pull = 0;
      for (std::size_t i = 6 * r; i < 6 * r + 6; ++i) {
        const double w = update.state.weights(0)[i];
        norm += w * w;
        pull += curvature(i) * curvature(i) * (w - target[i]) * (w - target[i]);
      }
      norm = std::sqrt(norm);
      zero_rows += norm == 0;
      if (norm == 0) {
        EXPECT_LE(std::sqrt(pull), strength + 1e-3) << r;
        continue;
      }
      for (std::size_t i = 6 * r; i < 6 * r + 6; ++i) {
        const double w = update.state.weights(0)[i];
        EXPECT_NEAR(curvature(i) * (w - target[i]) + strength * w / norm, 0, 2e-3) << i;
      }
    }
    EXPECT_GE(zero_rows, 4);
    EXPECT_LE(zero_rows, 8);
  }
}

TEST(TermUpdate, GroupLassoMakesNoZerosOfWhatIsNoNumber) {
  const std::vector<Parameter> one{{"k", 0, {"kernel", {3, 20}, Role::kernel, "zeros", 1, 1}}};
  Update update(1, one);
  update.state.weights(0)[25] = std::numeric_limits<float>::quiet_NaN();
  const Terms terms{Regularize{}};
  const std::vector<Penalty> penalties{{.group_lasso = 1e-3}};
  const OptimizerSetting setting = sgd({.learning_rate = 0.1});
  update.step({.optimizer = setting.optimizer.get(),
               .learning_rate = 0.1,
               .penalties = penalties,
               .terms = terms.of(penalties)});
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(std::isnan(update.state.weights(0)[i]), i / 20 == 1) << i;
  }
}

TEST(TermUpdate, CprFollowsItsAuthorsProgram) {
  const auto file = golden::read("penalties.txt");
  for (const auto& [name, warmup] : {std::pair("warm_start", 20), {"inflection_point", 0}}) {
    SCOPED_TRACE(name);
    const auto& arrays = file.at(fmt::format("cpr:{}", name));
    const std::vector<Parameter> one{{"k", 0, {"kernel", {4, 6}, Role::kernel, "zeros", 1, 1}}};
    Update update(1, one);
    std::ranges::copy(arrays.at("weights"), update.state.weights(0).begin());
    const Terms terms{Regularize{.cpr_warmup = warmup}};
    const std::vector<Penalty> penalties{{.cpr = 1}};
    const OptimizerSetting setting = adam();
    const int steps = static_cast<int>(arrays.at("steps")[0]);
    for (int step = 1; step <= steps; ++step) {
      for (std::size_t i = 0; i < 24; ++i) {
        update.gradient[i] =
            update.state.weights(0)[i] - static_cast<float>(arrays.at("target")[i]);
      }
      update.step({.optimizer = setting.optimizer.get(),
                   .learning_rate = arrays.at("learning_rate")[0],
                   .penalties = penalties,
                   .terms = terms.of(penalties)});
      const auto after = arrays.find(fmt::format("after:{}", step));
      for (std::size_t i = 0; after != arrays.end() && i < 24; ++i) {
        EXPECT_NEAR(update.state.weights(0)[i], after->second[i], 2e-5) << step << " " << i;
      }
    }
    const auto& memory = update.state.memory.at("cpr/k");
    EXPECT_NEAR(memory[0], arrays.at("multiplier")[0], 5e-6) << "theirs is in single precision";
    EXPECT_NEAR(memory[1], arrays.at("bound")[0], 1e-5);
  }
}

}  // namespace
}  // namespace ridgeline::objective
