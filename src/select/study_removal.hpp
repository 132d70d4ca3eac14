#pragma once
// Removes a study with its runs, and nothing that the program did not make.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace ridgeline::selection {

struct StudyFiles {
  std::vector<std::filesystem::path> made;    ///< files by this program
  std::vector<std::filesystem::path> others;  ///< all other files, and links
  std::uintmax_t bytes = 0;                   ///< of those that were made
};

/// The files in the folder of a study.
StudyFiles files_of_study(const std::filesystem::path& folder);

/// Removes the files that the program made, study.sqlite last, and the folders that are then empty.
/// Throws ResourceError if a process works on the study, or a file cannot be removed.
StudyFiles remove_study(const std::filesystem::path& folder);

}  // namespace ridgeline::selection
