#pragma once
// The study's file: every trial, fold and epoch of a selection, written as it happens. Each member
// writes all of what it says, or nothing.

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "interop/folder.hpp"
#include "select/database.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

/// A fold that has ended.
struct FoldRecord {
  std::string status;  ///< "done" or "diverged"
  double score = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< over the images
  int epochs = 0;
  double seconds = 0;
  Epoch last;  ///< the last epoch that is known; no validation where none is
};

/// The refit that has ended.
struct RefitRecord {
  int trial = 0;  ///< whose parameters were chosen
  int epochs = 0;
  double seconds = 0;
  std::optional<Metrics> test;
};

class Study {
 public:
  /// Opens STUDY/study.sqlite, or makes it. Throws UsageError where it was made with other
  /// settings, naming the first that differs, and for a study that is there already unless
  /// `resume`; DataError for a file that is no study; ResourceError where it is in use.
  Study(const std::filesystem::path& folder, const Settings& settings, bool resume);

  static bool exists(const std::filesystem::path& folder);
  /// Removes a study that this object has made, and in which nothing has begun yet.
  void discard();

  /// Settings that may differ each time, as they are now.
  void note(const Settings& settings);
  /// The candidates that the study was begun with: `fresh` ones where it begins now.
  std::vector<Assignment> candidates(const std::vector<Assignment>& fresh);

  std::optional<FoldRecord> fold(int trial, int fold);
  /// The last epoch that is known of a fold, done or not; number 0 where none is.
  Epoch last_epoch(int trial, int fold);
  /// Of the trial's parameters.
  std::optional<RefitRecord> refit(int trial);

  void begin(int trial);
  /// An epoch of a fold in progress; one that is there already is replaced.
  void add(int trial, int fold, const Epoch& epoch);
  /// `epochs`: all of the fold that are known.
  void finish(int trial, int fold, const FoldRecord& record, const std::vector<Epoch>& epochs);
  void finish(const Trial& trial);
  void score(int trial, int fold, const FoldRecord& record);
  /// STUDY/refit is the chosen trial's: another's moves to STUDY/trials/N/refit, and comes back.
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
