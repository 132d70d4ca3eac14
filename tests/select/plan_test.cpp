#include "select/plan.hpp"

#include <fstream>

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::key;
using test::RidgeProblem;

class Plan : public test::InFolder {
 protected:
  SelectionTask task() {
    SelectionTask task = problem_.task();
    task.cost = [](const Assignment&) {
      return TrainingCost{.epochs = 3, .kept = 100, .checkpoint = 1000};
    };
    task.fold_images = {10, 20};
    task.images = 30;
    return task;
  }

  RidgeProblem problem_;
  SelectOptions options_{.over = log_range(key, 1e-2, 10),
                         .method = "grid",
                         .trials = 4,
                         .folds = 2,
                         .study = folder_,
                         .jobs = 3};
};

TEST_F(Plan, CountsWhatIsLeft) {
  std::vector<SelectPlan> plans;
  options_.on_plan = [&](const SelectPlan& plan) { plans.push_back(plan); };
  options_.on_progress = [&](const SelectProgress&) { EXPECT_FALSE(plans.empty()); };
  SelectionTask first = task();
  first.train = [&](const FoldCall& call) {
    if (call.request.id.trial > 2) return FoldResult{.interrupted = true};
    return problem_.train(call);
  };
  options_.jobs = 1;
  run(options_, first);
  options_.jobs = 3;
  run(options_, task());
  run(options_, task());
  ASSERT_EQ(plans.size(), 3U);
  const SelectPlan& all = plans[0];
  EXPECT_EQ(all.candidates, 4);
  EXPECT_EQ(all.trainings, 9);
  EXPECT_EQ(all.epochs, 27);
  EXPECT_EQ(all.images, 3 * (4 * 30 + 30));
  EXPECT_EQ(all.disk, 9U * 100 + 1000);
  EXPECT_EQ(all.peak, all.disk + std::uintmax_t{2} * 1000);
  EXPECT_EQ(plans[1].trainings, 5);
  EXPECT_EQ(plans[1].images, 3 * (2 * 30 + 30));
  EXPECT_EQ(plans[1].jobs, 3);
  EXPECT_EQ(plans[2].trainings, 0);
  EXPECT_EQ(plans[2].disk, 0U);
}

TEST_F(Plan, WhatCannotFitIsRefusedAndLeavesNothing) {
  SelectionTask huge = task();
  huge.cost = [](const Assignment&) {
    return TrainingCost{.epochs = 1, .kept = std::uintmax_t{1} << 58, .checkpoint = 0};
  };
  expect_error<ResourceError>([&] { run(options_, huge); }, "select.study, or use fewer");
  EXPECT_FALSE(fs::exists(folder_));
  EXPECT_TRUE(problem_.trained.empty());
}

TEST_F(Plan, AFoldThatIsInTheStudyLeavesNoCheckpoint) {
  SelectionTask writing = task();
  writing.train = [&](const FoldCall& call) {
    fs::create_directories(call.run);
    for (const char* file : {"checkpoint.safetensors", "model.safetensors"}) {
      std::ofstream(call.run / file) << "x";
    }
    return problem_.train(call);
  };
  run(options_, writing);
  int runs = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "trials")) {
    EXPECT_NE(entry.path().filename(), "checkpoint.safetensors");
    runs += entry.path().filename() == "model.safetensors";
  }
  EXPECT_EQ(runs, 8);
  // Also the files of a program that was killed before it removed them.
  std::ofstream(folder_ / "trials/1/fold-1/checkpoint.safetensors") << "x";
  run(options_, writing);
  EXPECT_FALSE(fs::exists(folder_ / "trials/1/fold-1/checkpoint.safetensors"));
}

}  // namespace
}  // namespace ridgeline::selection
