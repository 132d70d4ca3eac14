#pragma once
// The remaining work of a selection, and whether it fits on the disk.

#include <filesystem>
#include <vector>

#include "select/board.hpp"
#include "select/study.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// The remaining work of these requests, and of the refit; `study` is the study, or null.
SelectPlan plan_of(const SelectOptions& options, const SelectionTask& task, const Board& board,
                   const std::vector<Request>& requests, Study* study);

/// The plan with so many outer folds of `all` that are still to do, each about as much work as
/// the selection itself.
SelectPlan with_outer_folds(SelectPlan plan, int folds, int all);

/// Throws ResourceError if the runs of a plan do not fit on the disk of `study`. This folder
/// need not exist yet.
void check_disk_space(const SelectPlan& plan, const std::filesystem::path& study);

}  // namespace ridgeline::selection
