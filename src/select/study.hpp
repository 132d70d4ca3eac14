#pragma once
// The study's file: every trial, fold and epoch of a selection, written immediately. Each function
// writes everything or nothing.

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "interop/folder.hpp"
#include "select/database.hpp"
#include "select/record.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// A finished refit.
struct RefitRecord {
  int trial = 0;  ///< the chosen trial
  int epochs = 0;
  double seconds = 0;
  std::optional<Metrics> test;
};

class Study {
 public:
  /// Opens or makes STUDY/study.sqlite. Throws UsageError if it has other settings, with the first
  /// difference, and if it exists without `resume`; DataError for a file that is not a study;
  /// ResourceError if it is in use.
  Study(const std::filesystem::path& folder, const Settings& settings, bool resume);

  static bool exists(const std::filesystem::path& folder);
  /// Removes a study that this object has made and that is still empty.
  void discard();

  /// Settings that may differ each time, as they are now.
  void note(const Settings& settings);
  /// The candidates of the study, from trial `first` on: `fresh` if it does not have them yet. It
  /// keeps those that it has, because another version of the program may compute others.
  std::vector<Assignment> candidates(int first, const std::vector<Assignment>& fresh);

  std::optional<FoldRecord> fold(const Request& request);
  /// The last known epoch of a training, finished or not; number 0 if there is none. `until`: the
  /// last one that counts, or 0.
  Epoch last_epoch(const TrainingId& id, int until = 0);
  /// Of the trial's parameters.
  std::optional<RefitRecord> refit(int trial);

  void decide(int number, const Decision& decision);
  void begin(int trial);
  /// Adds or replaces an epoch of a running training.
  void add(const TrainingId& id, const Epoch& epoch);
  /// Replaces the record of a training that was paused. `epochs`: all known epochs of it.
  void finish(const TrainingId& id, const FoldRecord& record, const std::vector<Epoch>& epochs);
  void finish(const Trial& trial);
  void score(const TrainingId& id, const FoldRecord& record);
  /// STUDY/refit belongs to the chosen trial. Refits of other trials move to STUDY/trials/N/refit,
  /// and back.
  void choose(int trial);
  /// If there is a test set, this counts as a look at it.
  void finish(const RefitRecord& refit);
  /// How many refitted models were measured on the test set.
  int test_looks();
  /// Adds or replaces what an outer fold gave.
  void measured(int outer_fold, const OuterFold& fold);
  /// The number of outer folds that are finished.
  int outer_folds();

 private:
  void check(const Settings& settings);
  /// As add(), inside a transaction.
  void write(const TrainingId& id, const Epoch& epoch);

  std::filesystem::path file_;
  interop::FolderLock lock_;
  bool made_;  // by this object
  Database database_;
};

}  // namespace ridgeline::selection
