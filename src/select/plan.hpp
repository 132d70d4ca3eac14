#pragma once
// What is left to do of a selection, and whether the disk has room for it.

#include <filesystem>
#include <vector>

#include "select/study.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// What is left to do of these candidates; `study`: where it is kept, or null.
SelectPlan plan_of(const SelectOptions& options, const SelectionTask& task,
                   const std::vector<Assignment>& candidates, Study* study);

/// Throws ResourceError where the runs of a plan do not fit on the disk of `study`, a folder that
/// need not exist yet.
void check_room(const SelectPlan& plan, const std::filesystem::path& study);

/// Bytes for people: "12 kB", "3.4 GB".
std::string size_text(std::uintmax_t bytes);

}  // namespace ridgeline::selection
