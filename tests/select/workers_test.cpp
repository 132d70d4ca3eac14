// Several processes that work on one study.
#include "select/workers.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "select/bowl.hpp"
#include "select/study.hpp"
#include "select/study_fixture.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::RidgeProblem;

void wait_until(const std::function<bool()>& condition) {
  constexpr auto patience = std::chrono::seconds(60);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happened";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

class SeveralProcesses : public StudyTest {
 protected:
  void TearDown() override { fs::remove(log_); }

  const fs::path log_ = fs::path(folder_.string() + ".log");

  void write(const std::string& line) const { std::ofstream(log_, std::ios::app) << line + "\n"; }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

  // Logs each training, and each look at the test set.
  SelectionTask logged(RidgeProblem& problem, const std::string& name) const {
    SelectionTask task = problem.task();
    task.train = [&, name](const FoldCall& call) {
      write(name + " " + std::to_string(call.request.id.trial) + "/" +
            std::to_string(call.request.id.fold));
      return problem.train(call);
    };
    task.test = [this, name] {
      write(name + " test");
      return Metrics{.data_loss = 0.5, .values = {{"accuracy", 0.75}}};
    };
    return task;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
};

bool same(const Selection& a, const Selection& b) {
  if (a.chosen != b.chosen || a.tied != b.tied || a.trials.size() != b.trials.size()) return false;
  for (std::size_t t = 0; t < a.trials.size(); ++t) {
    if (a.trials[t].score != b.trials[t].score || a.trials[t].status != b.trials[t].status ||
        a.trials[t].standard_error != b.trials[t].standard_error) {
      return false;
    }
  }
  return a.test->data_loss == b.test->data_loss;
}

TEST_F(SeveralProcesses, ShareTheTrainingsAndChooseTheSame) {
  const std::vector<double> offsets{0, 0.1, 0.3};
  RidgeProblem straight{.offsets = offsets};
  SelectOptions alone = options_;
  alone.study.clear();
  const Selection expected = run(alone, straight.task());

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    RidgeProblem problem{.offsets = offsets};
    SelectionTask task = logged(problem, "first");
    const auto train = task.train;
    task.train = [&](const FoldCall& call) {
      const FoldResult result = train(call);
      // In its first training it waits until the other process trains too.
      if (problem.trained.size() == 1) wait_until([&] { return lines().size() > 1; });
      return result;
    };
    _exit(same(run(options_, task), expected) ? 0 : 1);
  }
  wait_until([&] { return !lines().empty(); });
  RidgeProblem problem{.offsets = offsets};
  options_.join = true;
  const Selection joined = run(options_, logged(problem, "second"));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the first process chose something else";
  EXPECT_TRUE(same(joined, expected));

  std::multiset<std::string> work;
  std::set<std::string> names;
  for (const std::string& line : lines()) {
    names.insert(line.substr(0, line.find(' ')));
    work.insert(line.substr(line.find(' ') + 1));
  }
  EXPECT_EQ(names.size(), 2U) << "both have trained";
  EXPECT_EQ(work.size(), 21U + 1) << "nothing is trained twice";
  EXPECT_EQ(std::set<std::string>(work.begin(), work.end()).size(), work.size());
  EXPECT_EQ(work.count("test"), 1U) << "the test set is looked at once";
  EXPECT_EQ(files(), std::vector<std::string>{"study.sqlite"}) << "one file remains";
}

// Decides, unlike a grid, by what both processes have trained.
TEST_F(SeveralProcesses, DecideTheSameByEveryMethodThatDecidesAsItGoes) {
  const auto logged = [this](test::Bowl& bowl, const std::string& name) {
    SelectionTask task = bowl.task(2);
    task.train = [this, &bowl, name, train = task.train](const FoldCall& call) {
      const auto& [id, until] = std::pair(call.request.id, call.request.until);
      write(fmt::format("{} {}/{}/{}/{}", name, id.trial, id.fold, id.share, until));
      const FoldResult result = train(call);
      // In its first training, the first process waits until the other one trains too.
      if (name == "first" && bowl.trained.size() == 1) {
        wait_until([&] { return lines().size() > 1; });
      }
      return result;
    };
    return task;
  };
  const auto same_decisions = [](const Selection& a, const Selection& b) {
    return a.chosen == b.chosen && a.decisions == b.decisions &&
           std::ranges::equal(a.trials, b.trials, [](const Trial& one, const Trial& other) {
             return one.parameters == other.parameters && one.status == other.status &&
                    (one.score == other.score || (one.score != one.score));
           });
  };
  for (const std::string method : {"asha", "halving", "hyperband", "bayes", "race"}) {
    fs::remove(log_);
    SelectOptions options{.over = test::both_keys, .method = method, .trials = 12, .folds = 2};
    test::Bowl straight;
    const Selection expected = run(options, straight.task(2));
    options.study = folder_ / method;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      test::Bowl bowl;
      _exit(same_decisions(run(options, logged(bowl, "first")), expected) ? 0 : 1);
    }
    wait_until([&] { return !lines().empty(); });
    test::Bowl bowl;
    options.join = true;
    const Selection joined = run(options, logged(bowl, "second"));
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << method << ": the first process decided otherwise";
    EXPECT_TRUE(same_decisions(joined, expected)) << method;
    std::set<std::string> names, work;
    for (const std::string& line : lines()) {
      names.insert(line.substr(0, line.find(' ')));
      work.insert(line.substr(line.find(' ') + 1));
    }
    EXPECT_EQ(names.size(), 2U) << method << ": both have trained";
    EXPECT_EQ(work.size(), lines().size()) << method << ": nothing is trained twice";
    EXPECT_EQ(work.size(), straight.trained.size()) << method;
  }
}

TEST_F(SeveralProcesses, WhatAKilledOneHasClaimedIsFree) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    RidgeProblem problem;
    SelectionTask task = logged(problem, "first");
    task.train = [&](const FoldCall&) -> FoldResult {
      write("begun");
      for (;;) pause();
    };
    run(options_, task);
    _exit(0);
  }
  wait_until([&] { return !lines().empty(); });
  RidgeProblem problem;
  options_.join = true;
  bool waited = false;
  // It waits only for the training of the other process, when all others are finished.
  options_.on_progress = [&](const SelectProgress& progress) {
    if (!progress.waiting) return;
    waited = true;
    EXPECT_EQ(problem.trained.size(), 20U);
    EXPECT_EQ(progress.trial, 1);
    EXPECT_EQ(progress.fold, 1);
    kill(child, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
  };
  const Selection s = run(options_, problem.task());
  EXPECT_TRUE(waited);
  EXPECT_EQ(problem.trained.size(), 21U);
  EXPECT_EQ(s.chosen.at(test::key), 0.1585);
  EXPECT_EQ(query("SELECT count(*) FROM running"), "0\n");
  EXPECT_EQ(files(), std::vector<std::string>{"study.sqlite"});
}

TEST_F(SeveralProcesses, ASecondOneTakesPartOnlyIfAskedTo) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    RidgeProblem other;
    SelectOptions options = options_;
    expect_error<ResourceError>([&] { run(options, other.task()); }, "select --join");
    options.join = true;
    options.metric = "val_accuracy";
    expect_error<UsageError>([&] { run(options, other.task()); },
                             "begun with select.metric = val_data_loss, not val_accuracy");
    EXPECT_TRUE(other.trained.empty());
    return problem.train(call);
  };
  run(options_, task);
  EXPECT_EQ(problem.trained.size(), 21U);
}

TEST_F(SeveralProcesses, JoiningAStudyThatNobodyWorksOnContinuesIt) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  int left = 4;
  task.train = [&](const FoldCall& call) {
    return left-- == 0 ? FoldResult{.interrupted = true} : problem.train(call);
  };
  EXPECT_TRUE(run(options_, task).interrupted);
  options_.join = true;
  EXPECT_EQ(run(options_, problem.task()).chosen.at(test::key), 0.1585);
  EXPECT_EQ(problem.trained.size(), 21U);
}

TEST_F(SeveralProcesses, AReaderDoesNotStopAWriter) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  std::optional<Database> reader;
  std::string before;
  task.train = [&](const FoldCall& call) {
    if (!reader) {
      reader.emplace(file_);
      reader->run("BEGIN");
      before = std::to_string(reader->number("SELECT count(*) FROM epochs"));
    }
    return problem.train(call);
  };
  run(options_, task);
  EXPECT_EQ(query("SELECT count(*) FROM epochs"), "63\n");
  EXPECT_EQ(std::to_string(reader->number("SELECT count(*) FROM epochs")), before)
      << "it sees one moment";
  reader.reset();
  EXPECT_EQ(files(), std::vector<std::string>{"study.sqlite"}) << "the last one has tidied up";
}

TEST_F(SeveralProcesses, AClaimBelongsToOne) {
  const StudySettings settings{{{"a", "1"}}, {}};
  Study first(folder_, settings, StudyUse::resume);
  EXPECT_FALSE(first.has_company());
  std::optional<Study> second(std::in_place, folder_, settings, StudyUse::join);
  EXPECT_TRUE(first.has_company());
  const TrainingId id{1, 2, 0.5};
  EXPECT_TRUE(second->claim(id, 1));
  EXPECT_FALSE(first.claim(id, 1));
  EXPECT_TRUE(first.claim({1, 2, 1}, 1)) << "another share";
  second->release(id);
  EXPECT_TRUE(first.claim(id, 1));
  EXPECT_FALSE(second->claim(id, 1));
  EXPECT_TRUE(second->claim({3, 1}, 1));
  second.reset();
  EXPECT_FALSE(first.has_company());
  EXPECT_TRUE(first.claim({3, 1}, 1)) << "a process that ends gives back what it claimed";
}

}  // namespace
}  // namespace ridgeline::selection
