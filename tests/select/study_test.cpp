// The contents of a study, and how a selection continues.

#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <set>

#include "select/study_fixture.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;
using test::RidgeProblem;

TEST_F(StudyTest, IsReadAgainAndNotTrainedTwice) {
  RidgeProblem problem{.offsets = {0, 0.1, 0.3}};
  const Selection first = run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), 21u);
  EXPECT_EQ(problem.tests, 1);
  const Selection again = run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), 21u);
  EXPECT_EQ(problem.tests, 1) << "the test set is looked at once";
  EXPECT_EQ(again.chosen, first.chosen);
  EXPECT_EQ(again.tied, first.tied);
  EXPECT_EQ(again.trainings, first.trainings);
  EXPECT_NEAR(again.seconds, first.seconds, 1e-9);
  EXPECT_EQ(again.test->data_loss, first.test->data_loss);
  ASSERT_EQ(again.trials.size(), first.trials.size());
  for (std::size_t t = 0; t < first.trials.size(); ++t) {
    EXPECT_EQ(again.trials[t].parameters, first.trials[t].parameters);
    EXPECT_EQ(again.trials[t].score, first.trials[t].score);
    EXPECT_EQ(again.trials[t].standard_error, first.trials[t].standard_error);
    EXPECT_EQ(again.trials[t].epochs, first.trials[t].epochs);
    EXPECT_EQ(again.trials[t].train->data_loss, first.trials[t].train->data_loss);
  }
}

TEST_F(StudyTest, DivergedFoldsAreRememberedToo) {
  RidgeProblem problem{.diverges_above = 0.5};
  run(options_, problem.task());
  const auto trainings = problem.trained.size();
  const Selection again = run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), trainings);
  EXPECT_EQ(again.trials.back().status, "diverged");
}

TEST_F(StudyTest, WhatWasTrainedBeforeADivergenceIsKept) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    problem.train(call);  // reports three epochs
    return FoldResult{.interrupted = true};
  };
  EXPECT_TRUE(run(options_, task).interrupted);
  task.train = [](const FoldCall&) { return FoldResult{.diverged = true}; };
  run(options_, task);
  EXPECT_EQ(query("SELECT count(*) FROM epochs WHERE trial = 1 AND fold = 1"), "3\n");
  EXPECT_EQ(query("SELECT epochs FROM folds WHERE trial = 1 AND fold = 1"), "3\n");
  EXPECT_EQ(query("SELECT epochs FROM folds WHERE trial = 2 AND fold = 1"), "0\n");
}

TEST_F(StudyTest, ViewsHoldEverything) {
  RidgeProblem problem{.variance = 0.1, .diverges_above = 5};
  run(options_, problem.task());
  EXPECT_EQ(query("SELECT count(*) FROM trials"), "7\n");
  EXPECT_EQ(query("SELECT parameters FROM trials WHERE chosen"), "{\"regularize.l2\":0.1585}\n");
  EXPECT_EQ(query("SELECT status FROM trials WHERE score IS NULL"), "diverged\n");
  EXPECT_EQ(query("SELECT value FROM parameters JOIN trials USING (trial) WHERE chosen"),
            "0.1585\n");
  EXPECT_EQ(query("SELECT count(*) FROM folds"), "19\n");
  EXPECT_EQ(query("SELECT min(fold) || max(fold) FROM folds"), "13\n");
  EXPECT_EQ(query("SELECT count(*) FROM epochs"), "54\n");
  EXPECT_EQ(query("SELECT val_data_loss FROM epochs WHERE trial = 1 AND fold = 2 AND epoch = 3"),
            "0.1\n");
  EXPECT_EQ(query("SELECT test_accuracy FROM refits"), "0.75\n");
  EXPECT_EQ(query("SELECT value FROM settings WHERE name = 'select.folds'"), "3\n");
}

TEST_F(StudyTest, ViewsHoldTheNamesOfValuesThatAreNoNumbers) {
  RidgeProblem problem;
  options_.over["optimizer.kind"] = {.values = {0, 1}, .names = {"sgd", "say \"adam\""}};
  options_.trials = 4;
  const Selection first = run(options_, problem.task());
  EXPECT_EQ(query("SELECT parameters FROM trials"),
            "{\"optimizer.kind\":\"sgd\",\"regularize.l2\":0.0}\n"
            "{\"optimizer.kind\":\"sgd\",\"regularize.l2\":0.3162}\n"
            "{\"optimizer.kind\":\"say \\\"adam\\\"\",\"regularize.l2\":0.0}\n"
            "{\"optimizer.kind\":\"say \\\"adam\\\"\",\"regularize.l2\":0.3162}\n");
  EXPECT_EQ(query("SELECT DISTINCT value FROM parameters WHERE name = 'optimizer.kind'"),
            "sgd\nsay \"adam\"\n");
  EXPECT_EQ(query("SELECT typeof(value) FROM parameters WHERE name = 'regularize.l2' LIMIT 1"),
            "real\n");
  const auto trainings = problem.trained.size();
  EXPECT_EQ(run(options_, problem.task()).chosen, first.chosen) << "it is read again";
  EXPECT_EQ(problem.trained.size(), trainings);
}

TEST_F(StudyTest, ViewsHoldMetricsOfEveryName) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.metrics.push_back({.name = "mine", .higher_is_better = false});
  task.train = [&](const FoldCall& call) {
    FoldResult result = problem.train(call);
    for (Epoch& e : result.epochs) {
      e.validation->values.push_back({"mine", 1 + call.parameters.at(key), 0.5, false});
    }
    return result;
  };
  options_.metric = "val_mine";
  const Selection first = run(options_, task);
  EXPECT_EQ(first.chosen.at(key), 0) << "of mine less is better";
  const std::string of_one = " FROM metrics WHERE trial = 1 AND fold = 2 AND epoch = 3";
  EXPECT_EQ(query("SELECT count(*)" + of_one), "5\n");
  EXPECT_EQ(query("SELECT group_concat(part || ' ' || name)" + of_one),
            "train accuracy,train top5,val accuracy,val top5,val mine\n");
  EXPECT_EQ(query("SELECT value || ' ' || standard_error || ' ' || higher_is_better" + of_one +
                  " AND name = 'mine'"),
            "1.0 0.5 0\n");
  EXPECT_EQ(query("SELECT name || value FROM refit_metrics"), "accuracy0.75\n");
  EXPECT_EQ(
      query("SELECT val_top5 || ' ' || val_accuracy_error || ' ' || train_accuracy FROM epochs "
            "WHERE trial = 1 AND fold = 1 AND epoch = 1"),
      "1.0 0.125 0.0\n");

  const auto trainings = problem.trained.size();
  const Selection again = run(options_, task);
  EXPECT_EQ(problem.trained.size(), trainings);
  EXPECT_EQ(again.trials[2].validation->values, first.trials[2].validation->values);
  EXPECT_EQ(again.test->values, first.test->values);

  options_.metric = "val_other";
  task.metrics.push_back({"other"});
  expect_error<UsageError>(
      [&] { run(options_, task); },
      "select.metric = val_other was not measured when this study was trained");
}

TEST_F(StudyTest, AScoreThatIsNotDefinedIsSaid) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    FoldResult result = problem.train(call);
    for (Epoch& e : result.epochs) e.validation->values[0].value = NAN;
    return result;
  };
  options_.metric = "val_accuracy";
  expect_error<UsageError>([&] { run(options_, task); },
                           "select.metric = val_accuracy is not defined on the validation images");
}

TEST_F(StudyTest, OtherSettingsAreRefusedByName) {
  RidgeProblem problem;
  run(options_, problem.task());
  const auto refused = [&](auto change, const std::string& part) {
    SelectOptions o = options_;
    SelectionTask task = problem.task();
    change(o, task);
    expect_error<UsageError>([&] { run(o, task); }, part);
  };
  refused([](auto& o, auto&) { o.folds = 5; }, "select.folds = 3, not 5");
  refused([](auto& o, auto&) { o.over = log_range(key, 1e-3, 10); },
          "select.over.regularize.l2 = 0.01 to 10, log, not 0.001 to 10, log");
  refused([](auto& o, auto&) { o.over = log_range("regularize.l1", 1e-3, 10); },
          "select.over.regularize.l1 = nothing");
  refused([](auto& o, auto&) { o.over[key].unit = "timescale"; },
          "select.over.regularize.l2.unit = nothing, not timescale");
  refused([](auto& o, auto&) { o.over[key].automatic = true; },
          "select.over.regularize.l2 = 0.01 to 10, log, not 0.01 to 10, log, automatic");
  refused([](auto& o, auto&) { o.seed = 2; }, "seed = 1, not 2");
  refused([](auto&, auto& task) { task.settings[0].second = "lasso"; }, "problem = ridge");
  refused([](auto& o, auto&) { o.resume = false; }, "holds a study already");
}

TEST_F(StudyTest, ASettingThatIsLeftOutIsRefusedToo) {
  RidgeProblem problem;
  SelectOptions with_unit = options_;
  with_unit.over[key].unit = "timescale";
  run(with_unit, problem.task());
  expect_error<UsageError>([&] { run(options_, problem.task()); },
                           "select.over.regularize.l2.unit = timescale, not nothing");
}

TEST_F(StudyTest, WhatDecidesHowManyCandidatesGoOnIsRefusedByName) {
  options_.method = "halving";
  RidgeProblem problem;
  run(options_, problem.task());
  const auto refused = [&](auto change, const std::string& part) {
    SelectOptions o = options_;
    change(o);
    expect_error<UsageError>([&] { run(o, problem.task()); }, part);
  };
  refused([](auto& o) { o.factor = 2; }, "begun with select.factor = 3, not 2");
  refused([](auto& o) { o.sampler = "random"; }, "begun with select.sampler = grid, not random");
  const auto trainings = problem.trained.size();
  options_.sampler = "grid";  // what "auto" is for one key
  run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), trainings);
}

TEST_F(StudyTest, WhatAMethodDoesNotUseMayDiffer) {
  RidgeProblem problem;
  run(options_, problem.task());
  options_.factor = 2;
  options_.sampler = "random";
  run(options_, problem.task());
  EXPECT_EQ(query("SELECT count(*) FROM settings WHERE name IN ('select.factor', "
                  "'select.sampler')"),
            "0\n");
}

TEST_F(StudyTest, ChoosesAgainByAnotherScoreOrRule) {
  RidgeProblem problem{.offsets = {0, 0.1, 0.5}};
  SelectionTask task = problem.task();
  // A larger penalty gives a better accuracy here.
  task.train = [&](const FoldCall& call) {
    FoldResult result = problem.train(call);
    for (Epoch& e : result.epochs) {
      e.validation->values[0].value = call.parameters.at(key) / 10;
    }
    return result;
  };
  // Each run leaves a folder with a file of its settings.
  task.refit = [&](const RefitCall& call) {
    fs::create_directories(call.run);
    std::ofstream(call.run / "l2") << call.parameters.at(key);
    return History{.epochs = std::vector<Epoch>(3)};
  };
  const auto in_refit = [&] {
    std::ifstream file(folder_ / "refit/l2");
    double l2 = 0;
    file >> l2;
    return l2;
  };
  const Selection by_loss = run(options_, task);
  EXPECT_EQ(in_refit(), by_loss.chosen.at(key));

  SelectOptions other = options_;
  other.metric = "val_accuracy";
  const auto trainings = problem.trained.size();
  const Selection by_accuracy = run(other, task);
  EXPECT_EQ(problem.trained.size(), trainings);
  EXPECT_EQ(by_accuracy.chosen.at(key), 10);
  EXPECT_EQ(by_accuracy.trials.back().score, 1);
  EXPECT_EQ(in_refit(), 10);
  EXPECT_EQ(problem.tests, 2);
  EXPECT_EQ(by_loss.test_looks, 1);
  EXPECT_EQ(by_accuracy.test_looks, 2);
  EXPECT_EQ(query("SELECT metric || ' ' || rule FROM test_looks"),
            "val_data_loss best\nval_accuracy best\n");
  EXPECT_EQ(query("SELECT max(score) FROM folds"), "1.0\n");
  EXPECT_EQ(query("SELECT value FROM settings WHERE name = 'select.metric'"), "val_accuracy\n");

  const Selection back = run(options_, task);
  EXPECT_EQ(back.chosen, by_loss.chosen);
  EXPECT_EQ(back.trials[3].score, by_loss.trials[3].score);
  EXPECT_EQ(back.trials[3].standard_error, by_loss.trials[3].standard_error);
  EXPECT_EQ(in_refit(), by_loss.chosen.at(key)) << "the first refit has come back";
  EXPECT_EQ(problem.tests, 2);
  EXPECT_EQ(back.test_looks, 2) << "the first model was measured before";
  EXPECT_EQ(query("SELECT count(*) FROM refits"), "2\n");

  options_.rule = "one-standard-error";
  EXPECT_GT(run(options_, task).chosen.at(key), by_loss.chosen.at(key));
  EXPECT_EQ(problem.trained.size(), trainings);
}

TEST_F(StudyTest, AnInterruptedTrialIsFinishedLater) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  int left = 7;
  task.train = [&](const FoldCall& call) {
    if (left-- == 0) return FoldResult{.interrupted = true};
    return problem.train(call);
  };
  const Selection stopped = run(options_, task);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_TRUE(stopped.chosen.empty());
  EXPECT_EQ(stopped.trials.size(), 3u);
  EXPECT_EQ(stopped.trials.back().status, "stopped");
  EXPECT_EQ(query("SELECT group_concat(status) FROM trials"),
            "done,done,stopped,waiting,waiting,waiting,waiting\n");
  problem.trained.clear();
  const Selection s = run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), 7u * 3 - 7);
  EXPECT_EQ(s.chosen.at(key), 0.1585);
}

TEST_F(StudyTest, TheStopFlagEndsItBetweenFolds) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  std::atomic<bool> stop = false;
  task.stop = &stop;
  task.train = [&](const FoldCall& call) {
    stop = problem.trained.size() == 4;
    return problem.train(call);
  };
  EXPECT_TRUE(run(options_, task).interrupted);
  EXPECT_EQ(problem.trained.size(), 5u);
}

TEST_F(StudyTest, AnInterruptedRefitIsFinishedLater) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.refit = [](const RefitCall&) { return History{.interrupted = true}; };
  const Selection stopped = run(options_, task);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_FALSE(stopped.refit);
  EXPECT_EQ(problem.tests, 0);
  problem.trained.clear();
  const Selection s = run(options_, problem.task());
  EXPECT_TRUE(problem.trained.empty());
  EXPECT_TRUE(s.refit);
  EXPECT_EQ(problem.tests, 1);
}

TEST_F(StudyTest, AFailureInATrainingLeavesTheRest) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) -> FoldResult {
    if (problem.trained.size() == 5) throw ResourceError("no space left");
    return problem.train(call);
  };
  EXPECT_THROW(run(options_, task), ResourceError);
  problem.trained.clear();
  run(options_, problem.task());
  EXPECT_EQ(problem.trained.size(), 21u - 5);
}

// The child logs each training when it begins. Folds that the study had finished when the child was
// killed must not begin again.
TEST_F(StudyTest, KilledAtAnyPointItRepeatsNoFinishedFold) {
  const fs::path log = fs::path(folder_.string() + ".log");
  const auto work = [&] {
    RidgeProblem problem{.offsets = {0, 0.1, 0.3}};
    SelectionTask task = problem.task();
    task.train = [&](const FoldCall& call) {
      std::ofstream(log, std::ios::app)
          << call.request.id.trial << "/" << call.request.id.fold << std::endl;
      usleep(1000);
      return problem.train(call);
    };
    return run(options_, task);
  };
  for (int attempt = 0; attempt < 25; ++attempt) {
    std::set<std::string> finished;
    if (fs::exists(file_) && query("SELECT count(*) FROM sqlite_master") != "0\n") {
      std::istringstream rows(query("SELECT trial || '/' || fold FROM folds"));
      for (std::string row; std::getline(rows, row);) finished.insert(row);
    }
    fs::remove(log);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      work();
      _exit(0);
    }
    usleep(2000 + 1700 * static_cast<useconds_t>(attempt % 9));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);)
      EXPECT_FALSE(finished.contains(line)) << line;
  }
  const Selection s = work();
  fs::remove(log);
  EXPECT_EQ(query("SELECT count(*) FROM folds"), "21\n");
  EXPECT_EQ(query("SELECT count(*) FROM epochs"), "63\n");
  SelectOptions whole = options_;
  whole.study.clear();
  RidgeProblem problem{.offsets = {0, 0.1, 0.3}};
  const Selection straight = run(whole, problem.task());
  EXPECT_EQ(straight.chosen, s.chosen);
  EXPECT_EQ(straight.trials[2].score, s.trials[2].score);
}

}  // namespace
}  // namespace ridgeline::selection
