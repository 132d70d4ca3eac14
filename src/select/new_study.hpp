#pragma once
// Makes the file of a study.

#include <filesystem>

#include "select/database.hpp"
#include "select/study.hpp"

namespace ridgeline::selection {

/// Writes settings, also over those that the study has.
void note(Database& database, const Settings& settings);

/// Makes a study unless it exists; returns whether it was made. The file gets its name only when it
/// is complete. The folder must be locked.
bool make_study(const std::filesystem::path& file, const StudySettings& settings);

}  // namespace ridgeline::selection
