// The method hypergradient on losses whose slopes are known: what it asks for, and what it chooses.

#include <fmt/format.h>

#include "select/support.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection {
namespace {

using test::key;

/// A loss of (log10 λ - minimum)^2, whose minimum moves with the share of the images.
struct Valley {
  double minimum = -3;
  double exponent = 0.5;
  double noise = 0;
  std::uint64_t seed = 1;
  double diverges_above = std::numeric_limits<double>::infinity();
};

struct Outcome {
  Selection selection;
  double cost = 0;  // in trainings on the images of a fold
  int trainings = 0;
  double place() const { return std::log10(selection.chosen.at(key)); }
};

Outcome choose(const Valley& valley, SelectOptions options = {}, int interrupt_at = 0,
               std::int64_t images = 40000) {
  Outcome outcome;
  options.method = "hypergradient";
  if (options.rule == SelectOptions{}.rule) options.rule = "best";
  SelectionTask task{.settings = {{"problem", "valley"}}, .settle = {}};
  task.fold_images.assign(static_cast<std::size_t>(options.folds), images);
  task.images = images;
  task.metrics = {{"accuracy"}};
  task.train = [&](const FoldCall& call) {
    if (++outcome.trainings == interrupt_at) return FoldResult{.interrupted = true};
    EXPECT_EQ(call.request.measure, Measure::slope);
    EXPECT_EQ(call.request.id.fold, 1);
    outcome.cost += call.request.id.share;
    const double place = std::log10(std::max(call.parameters.at(key), 1e-9));
    if (std::pow(10, place) > valley.diverges_above) return FoldResult{.diverged = true};
    const double far =
        place - (valley.minimum - valley.exponent * std::log10(call.request.id.share));
    Random random(valley.seed, Purpose::test, static_cast<std::uint64_t>(1000 * (place + 10)));
    Epoch epoch{.epoch = 10, .validation = Metrics{}};
    epoch.validation->data_loss = 1 + 0.1 * far * far;
    epoch.validation->data_loss_error = 0.01;
    const double slope = std::clamp(0.2 * far, -0.4, 0.4) / std::log(10);
    return FoldResult{.epochs = {epoch},
                      .values = {{"slope", slope + valley.noise * random.normal()},
                                 {"slope_error", std::max(valley.noise, 1e-3)}}};
  };
  task.refit = [](const RefitCall& call) {
    EXPECT_EQ(call.epochs, 10);
    return History{};
  };
  outcome.selection = run(options, task);
  return outcome;
}

SelectOptions range(double low, double high) {
  return {.over = log_range(key, low, high)};
}

TEST(HypergradientMethod, FindsTheMinimumFromAnyRange) {
  for (const double minimum : {-5.0, -3.0, -1.5}) {
    for (const auto& [low, high] : {std::pair(1e-6, 1e-1), std::pair(1e-8, 1.0)}) {
      const Outcome outcome = choose({.minimum = minimum}, range(low, high));
      EXPECT_NEAR(outcome.place(), minimum, 0.15) << low << " " << high;
      EXPECT_LT(outcome.cost, 1);
      const auto& trials = outcome.selection.trials;
      const auto chosen = std::ranges::find(trials, outcome.selection.chosen, &Trial::parameters);
      ASSERT_NE(chosen, trials.end());
      EXPECT_EQ(chosen->status, "predicted");
    }
  }
}

TEST(HypergradientMethod, NoiseMovesItLittle) {
  double worst = 0, mean = 0;
  constexpr int studies = 20;
  for (std::uint64_t seed = 1; seed <= studies; ++seed) {
    const Outcome outcome = choose({.noise = 0.01, .seed = seed});
    worst = std::max(worst, std::abs(outcome.place() + 3));
    mean += (outcome.place() + 3) / studies;
  }
  EXPECT_LT(worst, 0.6);
  EXPECT_NEAR(mean, 0, 0.15);
}

TEST(HypergradientMethod, FollowsAMinimumThatMovesWithTheImages) {
  for (const double exponent : {0.0, 1.0}) {
    EXPECT_NEAR(choose({.exponent = exponent}).place(), -3, 0.2) << exponent;
  }
}

TEST(HypergradientMethod, AWeakEndIsZeroAndAStrongEndIsTheLargest) {
  EXPECT_EQ(choose({.minimum = -9}).selection.chosen.at(key), 0);
  EXPECT_NEAR(choose({.minimum = 2}, range(1e-6, 1e-1)).place(), -1, 0.4);
}

TEST(HypergradientMethod, ADivergedTrainingIsTooStrong) {
  const Outcome outcome = choose({.minimum = -5, .diverges_above = 1e-4});
  EXPECT_NEAR(outcome.place(), -5, 0.3);
  EXPECT_EQ(outcome.selection.trials[0].status, "diverged");
}

TEST(HypergradientMethod, FewImagesAreNotShared) {
  const Outcome outcome = choose({.exponent = 0}, {}, 0, 1000);
  EXPECT_NEAR(outcome.place(), -3, 0.1);
  EXPECT_EQ(outcome.selection.trials[0].share, 1);
}

TEST(HypergradientMethod, TheOneStandardErrorRuleTakesTheLargestThatIsTied) {
  const Outcome best = choose({});
  SelectOptions options;
  options.rule = "best";
  Outcome strong = choose({}, options);
  ASSERT_TRUE(strong.selection.tied);
  // 0.1 * decades^2 = the standard error, 0.01
  EXPECT_NEAR(std::log10(strong.selection.tied->second / best.selection.chosen.at(key)),
              std::sqrt(0.1), 0.05);
}

TEST(HypergradientMethod, SaysWhatItDecidedAndWhy) {
  const Outcome outcome = choose({});
  ASSERT_GE(outcome.selection.decisions.size(), 4U);
  EXPECT_THAT(outcome.selection.decisions[0].reason, testing::HasSubstr("the validation loss"));
  EXPECT_THAT(outcome.selection.decisions.back().reason, testing::HasSubstr("on all images"));
}

class HypergradientStudy : public test::InFolder {};

TEST_F(HypergradientStudy, AnInterruptedStudyEndsWithTheSameNumbers) {
  const Valley valley{.noise = 0.005};
  const Outcome whole = choose(valley);
  SelectOptions options{.study = folder_};
  for (const int at : {3, 2, 1}) {
    EXPECT_TRUE(choose(valley, options, at).selection.interrupted);
  }
  const Outcome last = choose(valley, options);
  EXPECT_EQ(last.selection.chosen, whole.selection.chosen);
  EXPECT_EQ(last.selection.decisions, whole.selection.decisions);
  EXPECT_EQ(last.selection.tied, whole.selection.tied);
}

TEST(HypergradientMethod, RefusesWhatItCannotDifferentiate) {
  const auto refused = [](SelectOptions options, const std::string& part) {
    test::expect_error<UsageError>([&] { choose({}, std::move(options)); }, part);
  };
  refused({.over = log_range("optimizer.learning_rate", 1e-4, 1e-1)}, "differentiates one of");
  refused({.over = log_range("regularize.l1", 1e-4, 1e-1)}, "differentiates one of");
  refused({.over = {{key, {.values = {0, 1}}}}}, "between a min and a max");
  refused({.metric = "val_accuracy"}, "select.metric = val_data_loss");
}

}  // namespace
}  // namespace ridgeline::selection
