#pragma once
// What a selection costs, in trainings on all images.

#include "select/board.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// The images that all trainings and the refit have read, in refits of so many epochs; 0 if not
/// known.
double whole_trainings(const Board& board, const SelectionTask& task, int refit_epochs);

/// The grid of SelectOptions::trials candidates on these folds. `refit_epochs`: 0 without a refit.
GridCost grid_cost(const SelectOptions& options, const SelectionTask& task, int refit_epochs);

}  // namespace ridgeline::selection
