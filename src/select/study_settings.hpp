#pragma once
// What a study remembers of its selection.

#include <filesystem>

#include "select/study.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// What must not change between the parts of a study: what decides which trainings there are, and
/// what they give.
Settings fixed_settings(const SelectOptions& options, const SelectionTask& task);

/// Throws UsageError for the first setting that may not differ from those that the study in `file`
/// has, and does.
void check_settings(const Settings& before, const StudySettings& now, StudyUse use,
                    const std::filesystem::path& file);

}  // namespace ridgeline::selection
