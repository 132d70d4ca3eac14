#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "ridgeline/error.hpp"
#include "select/queue.hpp"
#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;
using test::RidgeProblem;

SelectOptions options() {
  return {
      .over = log_range(key, 1e-3, 10), .method = "grid", .trials = 10, .folds = 4, .rule = "best"};
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
  EXPECT_EQ(s.test->value("accuracy"), 0.75);
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
  task.guess = Metrics{.data_loss = problem.loss(0.1), .values = {{"accuracy", 0.5}}};
  const Selection s = run(options(), task);
  EXPECT_TRUE(s.chosen.empty());
  EXPECT_FALSE(s.tied);
  EXPECT_FALSE(s.refit);
  EXPECT_EQ(s.guess->value("accuracy"), 0.5);
  EXPECT_EQ(problem.tests, 0);

  task.guess->data_loss = 2;
  EXPECT_FALSE(run(options(), task).chosen.empty());
}

TEST(Run, TheRefitTakesTheMedianOfTheFoldsEpochs) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    problem.epochs = std::vector{2, 9, 4, 6}[static_cast<std::size_t>(call.request.id.fold) - 1];
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

TEST(Run, SeveralAtATimeGiveTheSame) {
  for (const int jobs : {2, 5, 100}) {
    RidgeProblem alone{.variance = 1, .offsets = {0, 0.1, 0.2, 0.3}, .diverges_above = 5};
    RidgeProblem together{.variance = 1, .offsets = {0, 0.1, 0.2, 0.3}, .diverges_above = 5};
    SelectOptions o = options();
    const Selection one = run(o, alone.task());
    o.jobs = jobs;
    double done = 0;
    bool inside = false;
    o.on_progress = [&](const SelectProgress& p) {
      EXPECT_FALSE(std::exchange(inside, true)) << "called by two at once";
      EXPECT_GE(p.done, done - 0.2) << "a share of an epoch that has begun again";
      EXPECT_LE(p.done, 1);
      done = p.done;
      inside = false;
    };
    const Selection many = run(o, together.task());
    EXPECT_EQ(many.chosen, one.chosen);
    ASSERT_EQ(many.trials.size(), one.trials.size());
    for (std::size_t t = 0; t < one.trials.size(); ++t) {
      EXPECT_EQ(many.trials[t].number, one.trials[t].number);
      EXPECT_EQ(many.trials[t].status, one.trials[t].status);
      if (one.trials[t].status == "done") {
        EXPECT_EQ(many.trials[t].score, one.trials[t].score);
      }
    }
  }
}

TEST(Run, WhatOneOfSeveralThrowsEndsAll) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  std::atomic<int> calls = 0;
  task.train = [&](const FoldCall& call) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // as a training would
    if (++calls == 7) throw ResourceError("the disk is full");
    return problem.train(call);
  };
  SelectOptions o = options();
  o.jobs = 3;
  expect_error<ResourceError>([&] { run(o, task); }, "the disk is full");
  EXPECT_LT(calls, 40) << "the others have gone on to the end";
}

TEST(Run, AStepThatSaysStopStopsAll) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  std::atomic<int> calls = 0;
  task.train = [&](const FoldCall& call) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const bool on = call.callbacks.on_step({.epoch = 1, .epochs = 1, .step = 1, .steps = 2});
    FoldResult result = problem.train(call);
    result.interrupted = !on || ++calls == 5;
    return result;
  };
  SelectOptions o = options();
  o.jobs = 3;
  const Selection s = run(o, task);
  EXPECT_TRUE(s.interrupted);
  EXPECT_TRUE(s.chosen.empty());
  EXPECT_LT(problem.trained.size(), 40U);
  for (const Trial& t : s.trials) EXPECT_TRUE(t.status == "done" || t.status == "stopped");
}

TEST(Queue, GivesRequestsInOrderAndLeavesOutWhatHasDiverged) {
  Board board;
  board.add({{}, {}, {}});
  std::vector<Request> rung;
  for (int trial = 1; trial <= 3; ++trial) {
    for (int fold = 1; fold <= 2; ++fold) rung.push_back({{trial, fold}});
  }
  for (const Request& request : rung) board.ask(request);
  TrainingQueue queue(board, rung);
  const auto expect = [&](int trial, int fold) {
    const auto request = queue.next();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->id, (TrainingId{trial, fold}));
  };
  EXPECT_FALSE(queue.begun(1));
  expect(1, 1);
  EXPECT_TRUE(queue.begun(1));
  board.add({{1, 1}}, {.status = "diverged"});
  EXPECT_TRUE(board.complete(1));
  EXPECT_EQ(queue.finished(), 2);
  expect(2, 1);
  expect(2, 2);
  board.add({{2, 2}}, {.status = "done"});
  EXPECT_FALSE(board.complete(2));
  EXPECT_TRUE(board.folds(2).empty()) << "the first fold is missing";
  EXPECT_EQ(queue.finished(), 3);
  EXPECT_FALSE(queue.begun(3));
  expect(3, 1);
  expect(3, 2);
  EXPECT_FALSE(queue.next());
  EXPECT_FALSE(queue.next());
  board.add({{2, 1}}, {.status = "done"});
  EXPECT_TRUE(board.complete(2));
  EXPECT_EQ(board.folds(2).size(), 2U);
  EXPECT_EQ(queue.total(), 6);
}

TEST(Board, CountsTheLargestShareAndTheLastEpoch) {
  Board board;
  board.add({{}, {}});
  const std::vector<Request> requests{{{1, 1, 0.25}}, {{1, 1, 0.5}, 1}, {{1, 2, 0.5}, 1},
                                      {{1, 1, 0.5}},  {{1, 2, 0.5}},    {{2, 1}}};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    board.ask(requests[i]);
    board.add(requests[i], {.status = "done", .score = static_cast<double>(i)});
  }
  ASSERT_EQ(board.folds(1).size(), 2U);
  EXPECT_EQ(board.folds(1)[0].score, 3);
  EXPECT_EQ(board.folds(1)[1].score, 4);
  EXPECT_EQ(board.folds(2).size(), 1U);
  EXPECT_EQ(board.find({{1, 1, 0.25}})->score, 0);
  EXPECT_EQ(board.find({{1, 1}}), nullptr);
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
