#pragma once
// What a study has, also while other processes work on it.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "select/database.hpp"
#include "select/study.hpp"

namespace ridgeline::selection {

/// The folder of a study, which `named` is, or whose study.sqlite it is. Throws DataError if there
/// is no study.
std::filesystem::path study_folder(const std::filesystem::path& named);

/// Opens the study in a folder to read it. Throws DataError for a file that is damaged or not a
/// study of this version, ResourceError for one that cannot be read.
Database read_study(const std::filesystem::path& folder);

/// The views of the database, which docs/study.md describes.
std::vector<std::string> views_of(Database& database);

/// A training that runs now.
struct RunningTraining {
  TrainingId id;  ///< fold 0: the refit
  int process = 0;
  int epoch = 0;   ///< finished
  int epochs = 0;  ///< to train; 0: not known
  std::string since;
};

struct StudyReport {
  std::filesystem::path folder;
  std::string state;                  ///< "running", "stopped", "done", "nothing chosen"
  std::string begun, changed, ended;  ///< times as "2026-01-31T12:00:00Z"; ended may be empty
  Settings settings;                  ///< with the metric and the rule of the last choice
  SearchSpace over;                   ///< the names of the values of keys that are not numbers
  std::vector<Trial> trials;          ///< by number, without metrics; share 0: not trained
  std::vector<Decision> decisions;
  std::vector<RunningTraining> running;
  std::vector<int> processes;  ///< that work on it
  int best_number = 0;         ///< of the trial with the best score of those that are done; 0: none
  int chosen_number = 0;       ///< of the chosen trial; 0: none
  std::string rule;            ///< that was applied; empty if the selection has not ended
  std::optional<std::pair<double, double>> tied;
  std::optional<RefitRecord> refit;  ///< with the chosen values
  int trainings = 0;
  double seconds = 0;                  ///< of all trainings
  double done = 0;                     ///< the finished share
  std::optional<double> seconds_left;  ///< if it is known

  /// The value of a setting; empty if there is none.
  std::string setting(const std::string& name) const;
  /// The trial of that number; null if there is none.
  const Trial* trial(int number) const;
  const Trial* best() const { return trial(best_number); }
  const Trial* chosen() const { return trial(chosen_number); }
};

/// The state of a study at one moment. Throws as study_folder() and read_study() do.
StudyReport report_of(const std::filesystem::path& study);

}  // namespace ridgeline::selection
