#include "select/cost.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "ridgeline/error.hpp"
#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

constexpr const char* epochs_key = "train.epochs";

// A value that the key cannot have stays as it is: the grid is not trained.
std::function<double(const std::string&, double)> settled_where_possible(
    const SelectionTask& task) {
  return [&task](const std::string& key, double value) {
    try {
      return task.settle ? task.settle(key, value) : value;
    } catch (const UsageError&) {
      return value;
    }
  };
}

}  // namespace

double whole_trainings(const Board& board, const SelectionTask& task, int refit_epochs) {
  std::map<TrainingId, int> trained;  // the last epoch of each training
  for (const auto& [request, record] : board.records()) {
    int& last = trained[request.id];
    last = std::max(last, record.epochs);
  }
  double images = 0;
  for (const auto& [id, last] : trained) {
    const auto fold = static_cast<std::size_t>(id.fold) - 1;
    if (fold >= task.fold_images.size()) return 0;
    images += last * id.share * static_cast<double>(task.fold_images[fold]);
  }
  const double refit = static_cast<double>(refit_epochs) * static_cast<double>(task.images);
  return refit > 0 ? images / refit + 1 : 0;
}

GridCost grid_cost(const SelectOptions& options, const SelectionTask& task, int refit_epochs) {
  const auto values =
      grid_values({options.over, options.trials, options.seed, settled_where_possible(task)});
  GridCost cost{.candidates = 1, .folds = options.folds};
  for (const auto& [key, all] : values) cost.candidates *= static_cast<double>(all.size());
  const bool known =
      task.images > 0 && task.fold_images.size() == static_cast<std::size_t>(options.folds);
  if (!known) return cost;
  double longer = 1;  // a training of the grid, on average, than the refit
  if (const auto epochs = values.find(epochs_key); epochs != values.end() && refit_epochs > 0) {
    const auto& all = epochs->second;
    longer = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()) /
             refit_epochs;
  }
  const auto images = static_cast<double>(
      std::accumulate(task.fold_images.begin(), task.fold_images.end(), std::int64_t{0}));
  cost.whole_trainings = cost.candidates * longer * images / static_cast<double>(task.images) + 1;
  return cost;
}

}  // namespace ridgeline::selection
