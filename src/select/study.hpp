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
#include "select/task.hpp"

namespace ridgeline::selection {

/// A finished fold.
struct FoldRecord {
  std::string status;  ///< "done" or "diverged"
  double score = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< over the images
  int epochs = 0;
  double seconds = 0;
  Epoch last;  ///< the last known epoch; without validation if there is none
};

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
  /// The candidates of the study; `fresh` if it begins now.
  std::vector<Assignment> candidates(const std::vector<Assignment>& fresh);

  std::optional<FoldRecord> fold(int trial, int fold);
  /// The last known epoch of a fold, finished or not; number 0 if there is none.
  Epoch last_epoch(int trial, int fold);
  /// Of the trial's parameters.
  std::optional<RefitRecord> refit(int trial);

  void begin(int trial);
  /// Adds or replaces an epoch of a running fold.
  void add(int trial, int fold, const Epoch& epoch);
  /// `epochs`: all known epochs of the fold.
  void finish(int trial, int fold, const FoldRecord& record, const std::vector<Epoch>& epochs);
  void finish(const Trial& trial);
  void score(int trial, int fold, const FoldRecord& record);
  /// STUDY/refit belongs to the chosen trial. Refits of other trials move to STUDY/trials/N/refit,
  /// and back.
  void choose(int trial);
  void finish(const RefitRecord& refit);

 private:
  void check(const Settings& settings);
  /// As add(), inside a transaction.
  void write(int trial, int fold, const Epoch& epoch);

  std::filesystem::path file_;
  interop::FolderLock lock_;
  bool made_;  // by this object
  Database database_;
};

}  // namespace ridgeline::selection
