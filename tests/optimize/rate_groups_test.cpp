// Compares learning rates of some parameters with PyTorch's parameter groups.

#include <gtest/gtest.h>

#include "optimize/engine_update.hpp"
#include "support/golden.hpp"

namespace ridgeline::optimize {
namespace {

const std::vector<Shape> shapes{{4, 27}, {4}, {12, 5}, {5}};
const std::vector<double> factors{0.1, 0.1, 1, 1};
constexpr int steps = 12;

class RateGroups : public testing::Test {
 protected:
  Tensors read(const std::string& name, const std::string& prefix) const {
    Tensors result;
    for (std::size_t p = 0; p < shapes.size(); ++p) {
      result.push_back(files_.at(name).at(prefix + std::to_string(p)));
    }
    return result;
  }

  // The weights after all steps.
  std::vector<std::vector<float>> trained(const OptimizerSetting& setting, const Penalty& penalty,
                                          std::vector<double> with) const {
    EngineUpdate update(setting, {penalty, {}, penalty, {}}, {shapes, read("given", "start:")});
    update.set_rate_factors(std::move(with));
    for (int step = 0; step < steps; ++step) {
      update.step(read("given", "gradient:" + std::to_string(step) + ":"));
    }
    std::vector<std::vector<float>> weights;
    for (std::size_t p = 0; p < shapes.size(); ++p) {
      weights.emplace_back(update.weights(p).begin(), update.weights(p).end());
    }
    return weights;
  }

  std::map<std::string, golden::Arrays> files_ = golden::read("rate_groups.txt");
};

TEST_F(RateGroups, ArePyTorchs) {
  const struct {
    std::string name;
    OptimizerSetting setting;
    Penalty penalty;
  } cases[] = {{"sgd_l2", sgd({.learning_rate = 0.05, .momentum = 0.9}), {.l2 = 0.1}},
               {"adam_l2", adam({.learning_rate = 0.01}), {.l2 = 0.1}},
               {"adamw_decay", adam({.learning_rate = 0.01}), {.decay = 0.1}}};
  for (const auto& [name, setting, penalty] : cases) {
    SCOPED_TRACE(name);
    const auto weights = trained(setting, penalty, factors);
    const Tensors expected = read(name, "end:");
    for (std::size_t p = 0; p < shapes.size(); ++p) {
      for (std::size_t i = 0; i < expected[p].size(); ++i) {
        const double w = expected[p][i];
        ASSERT_NEAR(weights[p][i], w, 2e-6 * (1 + std::abs(w))) << p << " " << i;
      }
    }
  }
}

// The same bits: with optimisers of both scopes, with decay, with Lookahead, and with the threshold
// of l1, which follows the parameter's own rate.
TEST_F(RateGroups, AreTheSameAsThatRateForAll) {
  constexpr double half = 0.5;  // so that the products are exact
  const auto at_rate = [](double factor) {
    return std::vector<OptimizerSetting>{
        sgd({.learning_rate = 0.05 * factor, .momentum = 0.9}),
        adam({.learning_rate = 0.01 * factor}),
        lamb({.learning_rate = 0.02 * factor}),
        lookahead(adam({.learning_rate = 0.01 * factor}), {.interval = 5}),
    };
  };
  const auto whole = at_rate(1), halved = at_rate(half);
  for (const Penalty& penalty : {Penalty{.decay = 0.1}, Penalty{.l1 = 0.05}}) {
    for (std::size_t k = 0; k < whole.size(); ++k) {
      if (penalty.l1 > 0 && !whole[k].optimizer->has_metric()) continue;
      SCOPED_TRACE(whole[k].optimizer->kind());
      const auto grouped = trained(whole[k], penalty, {half, half, 1, 1});
      const auto slow = trained(halved[k], penalty, {}), fast = trained(whole[k], penalty, {});
      for (std::size_t p = 0; p < shapes.size(); ++p) {
        const auto& same = p < 2 ? slow : fast;
        EXPECT_EQ(grouped[p], same[p]) << p;
      }
      EXPECT_NE(slow[0], fast[0]);
    }
  }
}

}  // namespace
}  // namespace ridgeline::optimize
