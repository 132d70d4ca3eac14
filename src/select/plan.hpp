#pragma once
// The remaining work of a selection, and whether it fits on the disk.

#include <filesystem>
#include <vector>

#include "select/study.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// The remaining work for these candidates; `study` is the study, or null.
SelectPlan plan_of(const SelectOptions& options, const SelectionTask& task,
                   const std::vector<Assignment>& candidates, Study* study);

/// Throws ResourceError if the runs of a plan do not fit on the disk of `study`. This folder
/// need not exist yet.
void check_disk_space(const SelectPlan& plan, const std::filesystem::path& study);

}  // namespace ridgeline::selection
