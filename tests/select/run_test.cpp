#include "ridgeline/error.hpp"
#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;
using test::RidgeProblem;

SelectOptions options() {
  return {.over = log_range(key, 1e-3, 10), .trials = 10, .folds = 4, .rule = "best"};
}

TEST(Run, FindsTheKnownOptimum) {
  for (const double variance : {0.01, 0.1, 1.0}) {
    RidgeProblem problem{.variance = variance};
    const Selection s = run(options(), problem.task());
    EXPECT_DOUBLE_EQ(s.chosen.at(key), variance);
    EXPECT_EQ(s.rule, "best");
  }
}

TEST(Run, ScoresAreOfTheLastEpochAveragedOverTheFolds) {
  RidgeProblem problem{.offsets = {0, 0.1, 0.2, 0.3}};
  const Selection s = run(options(), problem.task());
  ASSERT_EQ(s.trials.size(), 10u);
  EXPECT_EQ(problem.trained.size(), 40u);
  EXPECT_EQ(s.trainings, 41);
  EXPECT_EQ(s.trials[0].parameters.at(key), 0);
  for (const Trial& t : s.trials) {
    EXPECT_EQ(t.status, "done");
    EXPECT_EQ(t.epochs, 3);
    EXPECT_NEAR(t.score, problem.loss(t.parameters.at(key)) + 0.15, 1e-12);
    EXPECT_NEAR(t.standard_error, std::sqrt(0.05 / 3) / 2, 1e-12);
    EXPECT_NEAR(t.train->data_loss, t.score / 2, 1e-12);
  }
  EXPECT_EQ(s.refit->epochs.size(), 3u);
  EXPECT_EQ(s.test->accuracy, 0.75);
  EXPECT_GE(s.seconds, 40 * 3 * 0.25);
}

TEST(Run, NoiseMakesTheOneStandardErrorRuleTakeMore) {
  RidgeProblem problem{.offsets = {0, 0.1, 0.2, 0.3}};
  SelectOptions o = options();
  o.rule = "one-standard-error";
  const Selection s = run(o, problem.task());
  EXPECT_GT(s.chosen.at(key), 0.1);
  EXPECT_LE(problem.loss(s.chosen.at(key)), problem.loss(0.1) + s.trials[0].standard_error);
  EXPECT_EQ(s.tied->second, s.chosen.at(key));
  EXPECT_LE(s.tied->first, 0.1);
}

TEST(Run, AnInterruptedSelectionHasItsRule) {
  RidgeProblem problem;
  const std::atomic<bool> stop = true;
  SelectionTask task = problem.task();
  task.stop = &stop;
  const Selection s = run(options(), task);
  EXPECT_TRUE(s.interrupted);
  EXPECT_EQ(s.rule, "best");
}

TEST(Run, AHoldOutHasItsErrorOverTheImages) {
  RidgeProblem problem;
  SelectOptions o = options();
  o.folds = 1;
  const Selection s = run(o, problem.task());
  EXPECT_EQ(problem.trained.size(), 10u);
  EXPECT_EQ(s.trials[3].standard_error, 0.01);
}

TEST(Run, DivergedTrialsEndAtOnceAndAreOut) {
  RidgeProblem problem{.variance = 1, .diverges_above = 0.5};
  const Selection s = run(options(), problem.task());
  EXPECT_LE(s.chosen.at(key), 0.5);
  const Trial& last = s.trials.back();
  EXPECT_EQ(last.status, "diverged");
  EXPECT_TRUE(std::isnan(last.score));
  EXPECT_FALSE(last.train);
  EXPECT_FALSE(last.validation);
  EXPECT_EQ(std::ranges::count(problem.trained, std::pair(last.number, 2)), 0);
}

TEST(Run, AScoreThatIsNoNumberHasDiverged) {
  RidgeProblem problem{.offsets = {0, 0, NAN}};
  const Selection s = run(options(), problem.task());
  EXPECT_TRUE(s.chosen.empty());
  for (const Trial& t : s.trials) EXPECT_EQ(t.status, "diverged");
}

TEST(Run, NothingIsChosenWhereEverythingDiverges) {
  RidgeProblem problem{.diverges_above = -1};
  const Selection s = run(options(), problem.task());
  EXPECT_TRUE(s.chosen.empty());
  EXPECT_FALSE(s.tied);
  EXPECT_FALSE(s.refit);
  EXPECT_EQ(problem.tests, 0);
}

TEST(Run, NothingIsChosenWhereGuessingIsAsGood) {
  RidgeProblem problem{.variance = 0.1};
  SelectionTask task = problem.task();
  task.guess = Metrics{.data_loss = problem.loss(0.1), .accuracy = 0.5};
  const Selection s = run(options(), task);
  EXPECT_TRUE(s.chosen.empty());
  EXPECT_FALSE(s.tied);
  EXPECT_FALSE(s.refit);
  EXPECT_EQ(s.guess->accuracy, 0.5);
  EXPECT_EQ(problem.tests, 0);

  task.guess->data_loss = 2;
  EXPECT_FALSE(run(options(), task).chosen.empty());
}

TEST(Run, TheRefitTakesTheMedianOfTheFoldsEpochs) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    problem.epochs = std::vector{2, 9, 4, 6}[static_cast<std::size_t>(call.fold) - 1];
    return problem.train(call);
  };
  EXPECT_EQ(run(options(), task).refit->epochs.size(), 5u);
}

TEST(Run, WithoutRefitTheTestSetIsNotLookedAt) {
  RidgeProblem problem;
  SelectOptions o = options();
  o.refit = false;
  const Selection s = run(o, problem.task());
  EXPECT_FALSE(s.chosen.empty());
  EXPECT_FALSE(s.refit);
  EXPECT_FALSE(s.test);
  EXPECT_EQ(problem.tests, 0);
}

TEST(Run, TellsOfEveryFoldEpochAndTrial) {
  RidgeProblem problem;
  SelectOptions o = options();
  int folds = 0, epochs = 0, trials = 0, refits = 0;
  o.on_progress = [&](const SelectProgress& p) {
    EXPECT_EQ(p.trials, 10);
    EXPECT_EQ(p.folds, 4);
    if (p.ended != nullptr) {
      ++trials;
      EXPECT_EQ(p.ended->number, p.trial);
      EXPECT_FALSE(p.known);
    } else if (p.epoch != nullptr) {
      ++epochs;
    } else {
      ++(p.trial == 0 ? refits : folds);
    }
  };
  run(o, problem.task());
  EXPECT_EQ(trials, 10);
  EXPECT_EQ(folds, 40);
  EXPECT_EQ(epochs, 120);
  EXPECT_EQ(refits, 1);
}

TEST(Run, RefusesOptionsThatMakeNoSenseBeforeItTrains) {
  RidgeProblem problem;
  const auto refused = [&](auto change, const std::string& part) {
    SelectOptions o = options();
    change(o);
    expect_error<UsageError>([&] { run(o, problem.task()); }, part);
  };
  refused([](auto& o) { o.trials = 0; }, "select.trials must be at least 1, not 0");
  refused([](auto& o) { o.folds = 0; }, "select.folds must be at least 1, not 0");
  refused([](auto& o) { o.over.clear(); }, "select.over names no key");
  refused([](auto& o) { o.rule = "one-standard-eror"; }, "did you mean 'one-standard-error'");
  refused([](auto& o) { o.metric = "val_loss"; }, "select.metric");
  refused([](auto& o) { o.method = "randm"; }, "did you mean 'random'");
  refused([](auto& o) { o.over = log_range(key, -1, 1); }, "needs min above 0");
  EXPECT_TRUE(problem.trained.empty());
}

}  // namespace
}  // namespace ridgeline::selection
