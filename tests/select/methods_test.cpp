// Halving, hyperband, asha, Bayesian optimisation, TPE and the race between candidates, on a search
// whose answer is known.
#include <algorithm>

#include "select/bowl.hpp"
#include "select/methods/method.hpp"

namespace ridgeline::selection {
namespace {

using test::both_keys;
using test::Bowl;
using test::expect_error;
using test::key;
using test::rate;
using testing::ElementsAre;
using testing::HasSubstr;

SelectOptions options_of(const std::string& method, int folds = 2) {
  SelectOptions options{.over = both_keys, .method = method, .folds = folds};
  options.rule = "best";
  return options;
}

// How many trainings ended at each epoch, or 0 for all of them.
std::map<int, int> by_epoch(const Bowl& bowl) {
  std::map<int, int> counts;
  for (const auto& [trial, fold, share, until] : bowl.trained) ++counts[until];
  return counts;
}

std::map<double, int> by_share(const Bowl& bowl) {
  std::map<double, int> counts;
  for (const auto& [trial, fold, share, until] : bowl.trained) ++counts[share];
  return counts;
}

// Without noise, the best of all candidates is trained to the end and chosen.
void expect_the_best(const std::string& method, int trials) {
  Bowl bowl{.noise = 0};
  SelectOptions options = options_of(method, 1);
  options.trials = trials;
  const Selection selection = run(options, bowl.task(1));
  double best = 1e300;
  for (const Trial& t : selection.trials) best = std::min(best, Bowl::exact(t.parameters));
  EXPECT_EQ(Bowl::exact(selection.chosen), best) << trials;
}

TEST(Halving, KeepsAThirdAfterEachRung) {
  Bowl bowl;
  SelectOptions options = options_of("halving");
  options.trials = 18;
  const Selection selection = run(options, bowl.task(2));
  EXPECT_EQ(by_epoch(bowl), (std::map<int, int>{{1, 36}, {3, 12}, {0, 4}}));
  EXPECT_EQ(std::ranges::count(selection.trials, "left", &Trial::status), 16);
  EXPECT_EQ(std::ranges::count(selection.trials, "done", &Trial::status), 2);
  EXPECT_EQ(selection.decisions.size(), 16u);
  EXPECT_THAT(selection.decisions[0].reason, HasSubstr("left after epoch 1: number 7 of 18"));
  EXPECT_LT(Bowl::exact(selection.chosen), 0.15);
}

TEST(Halving, AlwaysTrainsTheBestToTheEnd) {
  for (const int trials : {1, 2, 3, 5, 40}) expect_the_best("halving", trials);
}

TEST(Halving, OfAListHasTheRungsThatItsValuesNeed) {
  Bowl bowl{.epochs = 27};
  SelectOptions options = options_of("halving", 1);
  Range list;
  for (int i = 1; i <= 30; ++i) list.values.push_back(i * 1e-4);
  options.over = {{rate, list}};
  run(options, bowl.task(1));
  EXPECT_EQ(by_epoch(bowl), (std::map<int, int>{{1, 30}, {3, 10}, {9, 4}, {0, 2}}));
}

TEST(Hyperband, HasABracketForEachFirstRung) {
  Bowl bowl;
  const Selection selection = run(options_of("hyperband", 1), bowl.task(1));
  // Nine candidates begin with one epoch, five with three, and three with all nine.
  EXPECT_EQ(by_epoch(bowl), (std::map<int, int>{{1, 9}, {3, 3 + 5}, {0, 1 + 2 + 3}}));
  EXPECT_EQ(selection.trials.size(), 17u);
  EXPECT_LT(Bowl::exact(selection.chosen), 0.2);
}

TEST(Asha, TrainsTheBestThirdOfEachRungFurther) {
  Bowl bowl;
  SelectOptions options = options_of("asha", 1);
  options.trials = 18;
  const Selection selection = run(options, bowl.task(1));
  const auto counts = by_epoch(bowl);
  EXPECT_EQ(counts.at(1), 18);
  // It may promote a candidate that later ones push out of the best third.
  EXPECT_GE(counts.at(3), 6);
  EXPECT_LE(counts.at(3), 12);
  EXPECT_GE(counts.at(0), 2);
  EXPECT_LT(Bowl::exact(selection.chosen), 0.15);
  EXPECT_THAT(selection.decisions[0].reason, HasSubstr("goes on to epoch 3: number 1 of "));
}

TEST(Asha, TrainsTheBestOfAFewToTheEnd) {
  for (const int trials : {1, 2, 3}) expect_the_best("asha", trials);
}

TEST(Halving, RefusesWhatItCannotCompare) {
  Bowl bowl;
  SelectOptions options = options_of("halving");
  options.factor = 1;
  expect_error<UsageError>([&] { run(options, bowl.task(2)); }, "select.factor must be above 1");
  options = options_of("hyperband");
  options.over = {{"train.epochs", {.min = 1, .max = 9, .log = false}}};
  expect_error<UsageError>([&] { run(options, bowl.task(2)); }, "cannot search train.epochs");
  options = options_of("halving");
  options.sampler = "sobl";
  expect_error<UsageError>([&] { run(options, bowl.task(2)); }, "did you mean 'sobol'?");
  options.method = "halvin";
  expect_error<UsageError>([&] { run(options, bowl.task(2)); }, "did you mean 'halving'?");
}

// The mean over seeds of how much worse the choice is than the best.
double regret(const std::string& method, int trials) {
  constexpr int seeds = 24;
  double sum = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    Bowl bowl;
    SelectOptions options = options_of(method);
    options.trials = trials;
    options.seed = static_cast<std::uint64_t>(seed);
    sum += Bowl::exact(run(options, bowl.task(2)).chosen);
    EXPECT_EQ(bowl.trained.size(), static_cast<std::size_t>(2 * trials));
  }
  return sum / seeds;
}

TEST(Bayes, NeedsFarFewerCandidatesThanRandomSearch) {
  const double model = regret("bayes", 20), drawn = regret("random", 20);
  RecordProperty("bayes", std::to_string(model));
  RecordProperty("random", std::to_string(drawn));
  EXPECT_LT(model, 0.015);
  EXPECT_LT(model, drawn / 3);
}

TEST(Tpe, NeedsFewerCandidatesThanRandomSearch) {
  const double model = regret("tpe", 30), drawn = regret("random", 30);
  RecordProperty("tpe", std::to_string(model));
  RecordProperty("random", std::to_string(drawn));
  EXPECT_LT(model, drawn / 1.5);
}

TEST(Bayes, ForAPenaltyItTakesTheStrongestOfTheTiedValues) {
  for (const std::string rule : {"best", "one-standard-error"}) {
    Bowl bowl;
    SelectOptions options{.over = log_range(key, 1e-6, 1e-1), .method = "bayes", .trials = 12};
    options.rule = rule;
    const Selection selection = run(options, bowl.task(5));
    ASSERT_TRUE(selection.tied);
    EXPECT_LE(selection.tied->first, selection.tied->second);
    EXPECT_LT(Bowl::exact(selection.chosen), 0.03) << rule;
    if (rule != "best") {
      EXPECT_EQ(selection.chosen.at(key), selection.tied->second);
    }
  }
}

TEST(CandidateRace, ComparesSeveralKeysOnGrowingShares) {
  Bowl bowl;
  const Selection selection = run(options_of("race", 3), bowl.task(3));
  const auto shares = by_share(bowl);
  EXPECT_EQ(shares.at(0.125), 16);
  EXPECT_LE(shares.at(0.25), 8);
  EXPECT_LE(shares.at(0.5), 4);
  EXPECT_LE(shares.at(1), 3 * 3);
  double best = 1e300;
  for (const Trial& t : selection.trials) best = std::min(best, Bowl::exact(t.parameters));
  EXPECT_LT(Bowl::exact(selection.chosen), best + 0.05);
  EXPECT_THAT(selection.decisions[0].reason, HasSubstr("left on 1/8 of the images: worse than"));
}

TEST(CandidateRace, ChoosesFromAList) {
  Bowl bowl;
  SelectOptions options = options_of("race", 3);
  options.over = {{key, {.values = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2}}}};
  const Selection selection = run(options, bowl.task(3));
  EXPECT_EQ(selection.trials.size(), 6u) << "and 0";
  EXPECT_EQ(selection.chosen.at(key), 1e-4);
}

TEST(Methods, ARangeWithoutAWidthIsItsOnlyValue) {
  for (const std::string& method : method_names()) {
    Bowl bowl;
    SelectOptions options = options_of(method);
    options.over = log_range(key, 1e-3, 1e-3);
    const bool needs_a_slope = method == "hypergradient" || method == "evidence";
    if (needs_a_slope) {
      expect_error<UsageError>([&] { run(options, bowl.task(2)); }, "between a min and a max");
      continue;
    }
    const Selection selection = run(options, bowl.task(2));
    EXPECT_EQ(selection.chosen.at(key), 1e-3) << method;
    EXPECT_LE(selection.trials.size(), 2u) << method << ": and 0";
  }
}

TEST(Methods, ARangeWithHardlyAnyWidthGivesAChoiceInIt) {
  for (const double max : {1.0000001e-3, 1.05e-3}) {
    for (const std::string method : {"race", "grid", "halving", "asha", "bayes", "tpe", "path"}) {
      Bowl bowl;
      SelectOptions options = options_of(method);
      options.over = log_range(key, 1e-3, max);
      const double chosen = run(options, bowl.task(2)).chosen.at(key);
      EXPECT_GE(chosen, 1e-3) << method;
      EXPECT_LE(chosen, max) << method;
    }
  }
}

class MethodStudy : public test::InFolder {};

TEST_F(MethodStudy, EveryMethodThatIsInterruptedEndsWithTheSameNumbers) {
  for (const std::string method :
       {"halving", "hyperband", "asha", "bayes", "tpe", "race", "sobol"}) {
    SelectOptions options = options_of(method);
    options.trials = 9;
    Bowl undisturbed;
    const Selection whole = run(options, undisturbed.task(2));
    for (const int interrupt_at : {1, 5, 9, 12}) {
      options.study = folder_ / (method + std::to_string(interrupt_at));
      Bowl first{.interrupt_at = interrupt_at};
      EXPECT_TRUE(run(options, first.task(2)).interrupted) << method;
      Bowl second;
      const Selection resumed = run(options, second.task(2));
      EXPECT_EQ(resumed.chosen, whole.chosen) << method;
      EXPECT_EQ(resumed.decisions, whole.decisions) << method;
      EXPECT_EQ(first.trained.size() - 1 + second.trained.size(), undisturbed.trained.size());
      ASSERT_EQ(resumed.trials.size(), whole.trials.size());
      for (std::size_t t = 0; t < whole.trials.size(); ++t) {
        EXPECT_EQ(resumed.trials[t].status, whole.trials[t].status) << method;
        EXPECT_EQ(resumed.trials[t].parameters, whole.trials[t].parameters) << method;
      }
    }
  }
}

}  // namespace
}  // namespace ridgeline::selection
