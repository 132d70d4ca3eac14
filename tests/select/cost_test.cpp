// What the exhaustive grid would cost.
#include "select/cost.hpp"

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::key;

SelectionTask task_of(std::vector<std::int64_t> fold_images) {
  SelectionTask task{.settings = {}, .settle = {}};
  task.fold_images = std::move(fold_images);
  task.images = 100;
  return task;
}

TEST(GridCost, CountsTheImagesOfTheFolds) {
  SelectOptions options{.over = log_range(key, 1e-6, 1e-1), .trials = 7, .folds = 3};
  const GridCost cost = grid_cost(options, task_of({90, 50, 60}), 10);
  EXPECT_EQ(cost.candidates, 7);
  EXPECT_EQ(cost.folds, 3);
  EXPECT_DOUBLE_EQ(cost.whole_trainings, 7 * 2 + 1);
}

TEST(GridCost, TakesAllValuesOfLists) {
  SelectOptions options{.over = {{key, {.values = {1e-3, 1e-2}}},
                                 {"optimizer.kind", {.values = {0, 1}, .names = {"sgd", "adam"}}}},
                        .trials = 16,
                        .folds = 1};
  const GridCost cost = grid_cost(options, task_of({90}), 10);
  EXPECT_EQ(cost.candidates, (2 + 1) * 2) << "and 0";
  EXPECT_DOUBLE_EQ(cost.whole_trainings, 6 * 0.9 + 1);
}

TEST(GridCost, OfManyListsIsKnownWithoutThem) {
  SelectOptions options{.trials = 16, .folds = 1};
  options.over.clear();
  Range values;
  for (int i = 1; i <= 100; ++i) values.values.push_back(i);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) options.over[name] = values;
  EXPECT_EQ(grid_cost(options, task_of({90}), 10).candidates, 1e12);
}

TEST(GridCost, LongerTrainingsCostMore) {
  SelectOptions options{
      .over = {{"train.epochs", {.min = 5, .max = 15, .log = false}}}, .trials = 3, .folds = 1};
  SelectionTask task = task_of({100});
  task.settle = [](const std::string&, double value) {
    if (value > 14) throw UsageError("too many");
    return value;
  };
  EXPECT_DOUBLE_EQ(grid_cost(options, task, 20).whole_trainings, (5 + 10 + 15) / 20. + 1);
}

TEST(GridCost, IsNotKnownWithoutTheImages) {
  SelectOptions options{.folds = 3};
  EXPECT_EQ(grid_cost(options, task_of({}), 10).whole_trainings, 0);
}

}  // namespace
}  // namespace ridgeline::selection
