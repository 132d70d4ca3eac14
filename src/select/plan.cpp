#include "select/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/cache/amount.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {

SelectPlan plan_of(const SelectOptions& options, const SelectionTask& task, const Board& board,
                   const std::vector<Request>& requests, Study* study) {
  SelectPlan plan{.candidates = board.trials(), .folds = options.folds};
  TrainingCost largest;
  bool refitted = !options.refit;
  const auto add = [&](const TrainingCost& cost, double images) {
    ++plan.trainings;
    plan.epochs += cost.epochs;
    plan.images += cost.epochs * images;
    plan.disk += cost.kept;
  };
  for (const Request& request : requests) {
    const TrainingId& id = request.id;
    TrainingCost cost = task.cost ? task.cost(board.parameters(id.trial)) : TrainingCost();
    largest.epochs = std::max(largest.epochs, cost.epochs);
    largest.kept = std::max(largest.kept, cost.kept);
    largest.checkpoint = std::max(largest.checkpoint, cost.checkpoint);
    if (study) refitted = refitted || study->refit(id.trial);
    if (study && study->fold(request)) continue;
    if (request.epochs > 0) cost.epochs = request.epochs;
    if (request.until > 0) cost.epochs = std::min(cost.epochs, request.until);
    if (request.keep) cost.kept *= 2;  // the last weights beside the best
    const auto at = static_cast<std::size_t>(id.fold) - 1;
    const bool known = at < task.fold_images.size();
    add(cost, known ? id.share * static_cast<double>(task.fold_images[at]) : 0);
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

SelectPlan with_outer_folds(SelectPlan plan, int folds, int all) {
  plan.outer_folds = folds;
  plan.trainings *= folds + 1;
  plan.epochs *= folds + 1;
  if (folds > 0) plan.images *= 1 + folds * (all - 1.0) / all;
  plan.peak += static_cast<std::uintmax_t>(folds) * plan.disk;
  plan.disk *= static_cast<std::uintmax_t>(folds) + 1;
  return plan;
}

void check_disk_space(const SelectPlan& plan, const std::filesystem::path& study) {
  const std::uint64_t free = data::free_on_disk(study);
  if (plan.disk <= free) return;
  throw ResourceError(fmt::format(
      "the study's {} runs will take about {}, and the disk of {} has only {} left: free "
      "some, name another place with select.study, or use fewer select.trials or select.folds",
      plan.trainings, data::amount(plan.disk), study.string(), data::amount(free)));
}

}  // namespace ridgeline::selection
