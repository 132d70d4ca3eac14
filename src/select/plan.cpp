#include "select/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {

SelectPlan plan_of(const SelectOptions& options, const SelectionTask& task,
                   const std::vector<Assignment>& candidates, Study* study) {
  SelectPlan plan{.candidates = static_cast<int>(candidates.size()), .folds = options.folds};
  TrainingCost largest;
  bool refitted = !options.refit;
  const auto add = [&](const TrainingCost& cost, double images) {
    ++plan.trainings;
    plan.epochs += cost.epochs;
    plan.images += cost.epochs * images;
    plan.disk += cost.kept;
  };
  for (int trial = 1; trial <= plan.candidates; ++trial) {
    const TrainingCost cost =
        task.cost ? task.cost(candidates[static_cast<std::size_t>(trial) - 1]) : TrainingCost();
    largest.epochs = std::max(largest.epochs, cost.epochs);
    largest.kept = std::max(largest.kept, cost.kept);
    largest.checkpoint = std::max(largest.checkpoint, cost.checkpoint);
    if (study) refitted = refitted || study->refit(trial);
    for (int fold = 1; fold <= options.folds; ++fold) {
      if (study && study->fold(trial, fold)) continue;
      const auto at = static_cast<std::size_t>(fold) - 1;
      add(cost, at < task.fold_images.size() ? static_cast<double>(task.fold_images[at]) : 0);
    }
  }
  const int at_once = std::clamp(plan.trainings, 1, std::max(options.jobs, 1));
  if (plan.trainings > 0 || !refitted) {
    add(largest, static_cast<double>(task.images));
    plan.disk += largest.checkpoint;  // the refit keeps it
  }
  plan.jobs = at_once;
  // A new checkpoint is written before the old one is removed.
  if (plan.trainings > 0) {
    plan.peak = plan.disk + 2 * static_cast<std::uintmax_t>(at_once) * largest.checkpoint;
  }
  if (options.study.empty()) plan.disk = plan.peak = 0;
  return plan;
}

void check_disk_space(const SelectPlan& plan, const std::filesystem::path& study) {
  std::error_code error;
  std::filesystem::path place = std::filesystem::absolute(study, error);
  while (!std::filesystem::exists(place, error) && place.has_relative_path()) {
    place = place.parent_path();
  }
  const auto space = std::filesystem::space(place, error);
  if (error || plan.disk <= space.available) return;
  throw ResourceError(fmt::format(
      "the study's {} runs will take about {} of disk, and {} has only {} left: free some, name "
      "another place with select.study, or use fewer select.trials or select.folds",
      plan.trainings, size_text(plan.disk), place.string(), size_text(space.available)));
}

std::string size_text(std::uintmax_t bytes) {
  static constexpr std::array units{"kB", "MB", "GB", "TB", "PB"};
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, size < 9.95 ? 1 : 0, units[unit]);
}

}  // namespace ridgeline::selection
