// What a study has, as another process reads it.
#include "select/study_report.hpp"

#include <sys/wait.h>

#include <fstream>
#include <iostream>

#include "select/study_fixture.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::RidgeProblem;

class ReportTest : public StudyTest {};

TEST_F(ReportTest, OfAFinishedStudyHasTheChoice) {
  RidgeProblem problem{.offsets = {0, 0.1, 0.3}, .diverges_above = 5};
  options_.rule = "one-standard-error";
  const Selection s = run(options_, problem.task());
  const StudyReport report = report_of(folder_);
  EXPECT_EQ(report.state, "done");
  EXPECT_EQ(report.folder, folder_);
  ASSERT_TRUE(report.chosen());
  EXPECT_EQ(report.chosen()->parameters, s.chosen);
  EXPECT_EQ(report.tied, s.tied);
  EXPECT_EQ(report.rule, "one-standard-error");
  EXPECT_EQ(report.best()->parameters.at(test::key), 0.1585);
  EXPECT_EQ(report.trainings, s.trainings);
  EXPECT_NEAR(report.seconds, s.seconds, 1e-6);
  EXPECT_EQ(report.done, 1);
  EXPECT_EQ(report.setting("select.folds"), "3");
  EXPECT_EQ(report.setting("select.metric"), "val_data_loss");
  EXPECT_EQ(report.setting("nothing"), "");
  EXPECT_TRUE(report.running.empty());
  EXPECT_FALSE(report.ended.empty());
  ASSERT_TRUE(report.refit);
  EXPECT_EQ(report.refit->test->data_loss, 0.5);
  ASSERT_EQ(report.trials.size(), s.trials.size());
  for (std::size_t t = 0; t < s.trials.size(); ++t) {
    EXPECT_EQ(report.trials[t].parameters, s.trials[t].parameters);
    EXPECT_EQ(report.trials[t].status, s.trials[t].status);
    if (s.trials[t].status == "diverged") continue;
    EXPECT_EQ(report.trials[t].score, s.trials[t].score);
    EXPECT_EQ(report.trials[t].share, 1);
  }
}

TEST_F(ReportTest, OfARunningStudySaysWhatRuns) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.cost = [](const Assignment&) { return TrainingCost{.epochs = 3}; };
  std::optional<StudyReport> report;
  task.train = [&](const FoldCall& call) {
    FoldResult result = problem.train(call);  // notes three epochs
    if (call.request.id.trial == 2 && call.request.id.fold == 2) report.emplace(report_of(folder_));
    return result;
  };
  task.refit = [&](const RefitCall& call) {
    call.callbacks.on_epoch({.epoch = 1});
    const StudyReport refit = report_of(folder_ / "study.sqlite");
    EXPECT_EQ(refit.running.size(), 1U);
    EXPECT_EQ(refit.running[0].id.fold, 0);
    EXPECT_EQ(refit.running[0].epoch, 1);
    return History{};
  };
  run(options_, task);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, "running");
  EXPECT_EQ(report->processes, std::vector<int>{static_cast<int>(getpid())});
  ASSERT_EQ(report->running.size(), 1U);
  EXPECT_EQ(report->running[0].id, (TrainingId{2, 2}));
  EXPECT_EQ(report->running[0].epoch, 3);
  EXPECT_EQ(report->running[0].epochs, 3);
  EXPECT_EQ(report->trials[0].status, "done");
  EXPECT_EQ(report->trials[1].status, "running");
  EXPECT_EQ(report->trials[2].status, "waiting");
  EXPECT_EQ(report->best()->number, 1);
  EXPECT_FALSE(report->chosen());
  EXPECT_NEAR(report->done, 4.0 / 22, 1e-9) << "of 21 trainings and the refit";
  ASSERT_TRUE(report->seconds_left);
  EXPECT_GE(*report->seconds_left, 0);
}

TEST_F(ReportTest, OfAStudyThatWasStoppedIsNotRunning) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    return call.request.id.trial == 3 ? FoldResult{.interrupted = true} : problem.train(call);
  };
  run(options_, task);
  const StudyReport report = report_of(folder_);
  EXPECT_EQ(report.state, "stopped");
  EXPECT_EQ(report.trials[2].status, "stopped");
  EXPECT_TRUE(report.processes.empty());
  EXPECT_FALSE(report.seconds_left);
  EXPECT_FALSE(report.chosen());
}

TEST_F(ReportTest, SaysThatNothingWasChosen) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.guess = Metrics{.data_loss = 0};
  EXPECT_TRUE(run(options_, task).chosen.empty());
  const StudyReport report = report_of(folder_);
  EXPECT_EQ(report.state, "nothing chosen");
  EXPECT_FALSE(report.refit);
}

TEST_F(ReportTest, TheBestIsByTheDirectionOfTheMetric) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    FoldResult result = problem.train(call);
    for (Epoch& e : result.epochs) {
      e.validation->values[0].value = call.parameters.at(test::key) / 10;
    }
    return result;
  };
  options_.metric = "val_accuracy";
  run(options_, task);
  EXPECT_EQ(report_of(folder_).best()->parameters.at(test::key), 10);
}

TEST_F(ReportTest, ListsTheViews) {
  RidgeProblem problem;
  run(options_, problem.task());
  Database database = read_study(folder_);
  const std::vector<std::string> views = views_of(database);
  for (const char* view : {"trials", "parameters", "decisions", "folds", "epochs", "metrics",
                           "refits", "refit_metrics", "settings", "running", "summary"}) {
    EXPECT_EQ(std::ranges::count(views, view), 1) << view;
  }
}

TEST_F(ReportTest, WhatIsNoStudyIsADataErrorThatSaysWhy) {
  RidgeProblem problem;
  const auto refused = [&](const std::string& part) {
    expect_error<DataError>([&] { report_of(folder_); }, part);
  };
  refused("there is no such folder");
  fs::create_directories(folder_);
  refused("holds no study.sqlite");
  std::ofstream(file_).flush();
  refused("is empty");
  std::ofstream(file_) << "SQLite format 3";
  refused("is broken, or not a study");
  fs::remove(file_);
  Database(file_).run("CREATE TABLE other (x)");
  refused("another program");
  fs::remove(file_);
  fs::create_directory(file_);
  refused("not a regular file");
  fs::remove(file_);

  run(options_, problem.task());
  Database(file_).run("PRAGMA user_version = 99");
  refused("a study of version 99");
  Database(file_).run("PRAGMA user_version = 6");
  report_of(folder_);
  const auto size = fs::file_size(file_);
  std::fstream bytes(file_, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(4096);
  bytes << std::string(static_cast<std::size_t>(size / 2), '\x7f');
  bytes.close();
  refused("study.sqlite");
  fs::resize_file(file_, size / 3);
  refused("study.sqlite");
}

TEST_F(ReportTest, AFolderThatMayNotBeWrittenIsReadToo) {
  RidgeProblem problem;
  run(options_, problem.task());
  using enum fs::perms;
  fs::permissions(file_, owner_read | group_read | others_read);
  fs::permissions(folder_, owner_read | owner_exec | group_exec | others_exec);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    constexpr uid_t nobody = 65534;  // root may write everywhere
    if (getuid() == 0 && setuid(nobody) != 0) _exit(2);
    try {
      _exit(report_of(folder_).state == "done" ? 0 : 1);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      _exit(3);
    }
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  fs::permissions(folder_, owner_all);
}

TEST_F(ReportTest, TheChoiceBeforeADivergenceIsRemembered) {
  Study study(folder_, {{{"a", "1"}}, {}}, StudyUse::resume);
  study.candidates(1, {{{test::key, 1}}});
  const Epoch first{.epoch = 1, .validation = Metrics{.data_loss = 2}};
  const TrainingId id{1, 1, 0.5};
  study.finish(id, {.status = "diverged", .epochs = 1, .last = first}, {first});
  EXPECT_EQ(study.fold({id, 1})->status, "paused") << "it diverged in the second epoch";
  EXPECT_EQ(study.fold({id, 0})->status, "diverged");
  study.finish(id, {.status = "diverged", .epochs = 1, .last = {.epoch = 1}}, {{.epoch = 1}});
  EXPECT_EQ(study.fold({id, 1})->status, "diverged") << "without a validation: in the first one";
}

}  // namespace
}  // namespace ridgeline::selection
