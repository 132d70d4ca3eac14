#include "select/rules.hpp"

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;
using test::trial;

double chosen(const Choice& choice) {
  return choice.chosen->parameters.begin()->second;
}

TEST(Choose, BestAndOneStandardErrorForALoss) {
  const std::vector<Trial> trials{trial(0, 1.00, 0.02), trial(1e-4, 0.90, 0.02),
                                  trial(1e-3, 0.91, 0.05), trial(1e-2, 0.93, 0.05),
                                  trial(1e-1, 2.0, 0.1)};
  const Choice best = choose(trials, "val_data_loss", "best");
  EXPECT_EQ(chosen(best), 1e-4);
  EXPECT_EQ(*best.tied, std::pair(1e-4, 1e-3));
  const Choice one = choose(trials, "val_data_loss", "one-standard-error");
  EXPECT_EQ(chosen(one), 1e-3);
  EXPECT_EQ(*one.tied, std::pair(1e-4, 1e-3));
}

TEST(Choose, HigherIsBetterForAnAccuracy) {
  const std::vector<Trial> trials{trial(0, 0.70, 0.01), trial(1e-3, 0.72, 0.01),
                                  trial(1e-2, 0.715, 0.01), trial(1e-1, 0.705, 0.5)};
  EXPECT_EQ(chosen(choose(trials, "val_accuracy", "best")), 1e-3);
  EXPECT_EQ(chosen(choose(trials, "val_accuracy", "one-standard-error")), 1e-2);
}

TEST(Choose, TheOrderOfTrialsDoesNotMatter) {
  const std::vector<Trial> trials{trial(1e-2, 0.93, 0.05), trial(1e-3, 0.91, 0.05),
                                  trial(0, 1.00, 0.02), trial(1e-4, 0.90, 0.02)};
  EXPECT_EQ(chosen(choose(trials, "val_data_loss", "one-standard-error")), 1e-3);
}

TEST(Choose, OfEqualScoresTheFirstIsBest) {
  const std::vector<Trial> trials{trial(0, 0.9, 0), trial(1e-3, 0.9, 0)};
  EXPECT_EQ(chosen(choose(trials, "val_accuracy", "best")), 0);
  EXPECT_EQ(chosen(choose(trials, "val_accuracy", "one-standard-error")), 1e-3);
}

TEST(Choose, AnUnknownErrorTiesNothing) {
  const std::vector<Trial> trials{trial(0, 0.9, NAN), trial(1e-3, 0.8, NAN), trial(1e-2, 2, NAN)};
  const Choice one = choose(trials, "val_data_loss", "one-standard-error");
  EXPECT_EQ(chosen(one), 1e-3);
  EXPECT_EQ(*one.tied, std::pair(1e-3, 1e-3));
}

TEST(Choose, FewerEpochsAreTheSimplerModel) {
  std::vector<Trial> trials{trial(5, 0.92, 0.05), trial(10, 0.90, 0.05), trial(20, 0.91, 0.05)};
  for (Trial& t : trials) t.parameters = {{"train.epochs", t.parameters.at(key)}};
  EXPECT_EQ(chosen(choose(trials, "val_data_loss", "one-standard-error")), 5);
}

TEST(Choose, DivergedAndUnfinishedTrialsAreNeverChosen) {
  const std::vector<Trial> bad{trial(0, NAN, 0, "diverged"), trial(1, 0.1, 0, "stopped")};
  const Choice none = choose(bad, "val_data_loss", "best");
  EXPECT_EQ(none.chosen, nullptr);
  EXPECT_FALSE(none.tied);
  const std::vector<Trial> mixed{trial(0, 0.5, 0.1), trial(1, 0.55, 0, "diverged")};
  const Choice one = choose(mixed, "val_data_loss", "one-standard-error");
  EXPECT_EQ(chosen(one), 0);
  EXPECT_EQ(*one.tied, std::pair(0.0, 0.0));
}

TEST(AppliedRule, IsBestWhereNothingIsSimpler) {
  const auto applied = [](const SearchSpace& over) {
    return applied_rule("one-standard-error", over);
  };
  for (const char* name : {"regularize.l2", "regularize.l1", "regularize.decay", "train.epochs"}) {
    EXPECT_EQ(applied({{name, {}}}), "one-standard-error") << name;
    EXPECT_EQ(applied_rule("best", {{name, {}}}), "best") << name;
  }
  for (const char* name : {"train.batch", "optimizer.learning_rate", "optimizer.clip_norm"}) {
    EXPECT_EQ(applied({{name, {}}}), "best") << name;
  }
  EXPECT_EQ(applied({{"regularize.l1", {}}, {"regularize.l2", {}}}), "best");
}

TEST(Choose, SeveralKeysHaveNoTies) {
  std::vector<Trial> trials{trial(0, 1, 1), trial(1, 0.9, 1)};
  for (Trial& t : trials) t.parameters["optimizer.learning_rate"] = 0.1;
  const Choice choice = choose(trials, "val_data_loss", "best");
  EXPECT_FALSE(choice.tied);
  EXPECT_EQ(choice.chosen, &trials[1]);
}

TEST(Choose, RefusesUnknownRulesAndMetrics) {
  const std::vector<Trial> none;
  expect_error<UsageError>([&] { check_rule("bets"); }, "did you mean 'best'");
  expect_error<UsageError>([&] { choose(none, "train_accuracy", "best"); }, "select.metric");
}

TEST(BetterThanGuess, ByAccuracyOrByDataLossButNotByChance) {
  const Metrics guess{.data_loss = 2.3, .values = {{"accuracy", 0.1}}};
  const auto better = [&](double accuracy, double loss) {
    Trial t;
    t.validation = Metrics{
        .data_loss = loss, .data_loss_error = 0.02, .values = {{"accuracy", accuracy, 0.01}}};
    return better_than_guess(t, guess);
  };
  EXPECT_FALSE(better(0.10, 2.30));
  EXPECT_FALSE(better(0.12, 2.25));
  EXPECT_TRUE(better(0.55, 3.10));
  EXPECT_TRUE(better(0.10, 2.20));
  Trial one;
  one.validation = Metrics{.data_loss = 0.1, .images = 1, .values = {{"accuracy", 1}}};
  EXPECT_FALSE(better_than_guess(one, guess)) << "one image tells nothing";
}

}  // namespace
}  // namespace ridgeline::selection
