#pragma once
// The study's file: every trial, fold and epoch of a selection, written immediately. Each function
// writes everything or nothing.

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "select/database.hpp"
#include "select/record.hpp"
#include "select/task.hpp"
#include "select/workers.hpp"

namespace ridgeline::selection {

/// A finished refit.
struct RefitRecord {
  int trial = 0;  ///< the chosen trial
  int epochs = 0;
  double seconds = 0;
  std::optional<Metrics> test;
};

/// Of a trial's parameters.
std::optional<RefitRecord> refit_of(Database& database, int trial);

/// How a program uses a study.
enum class StudyUse {
  begin,   ///< it must not exist
  resume,  ///< it may exist, and no other process works on it
  join,    ///< other processes may work on it
};

struct StudySettings {
  Settings fixed;    ///< the same whenever the study continues
  Settings current;  ///< may differ each time, but not between processes that work at the same time
  SearchSpace over = {};  ///< a new study keeps its names of values
};

/// What a selection has chosen.
struct StudyEnd {
  std::string rule;
  std::optional<std::pair<double, double>> tied;
};

class Study {
 public:
  /// Opens or makes STUDY/study.sqlite. Throws UsageError if it has other settings, with the first
  /// difference, and if it exists and should begin; DataError for a file that is not a study;
  /// ResourceError if it is in use.
  Study(const std::filesystem::path& folder, const StudySettings& settings, StudyUse use);

  static bool exists(const std::filesystem::path& folder);
  /// Removes a study that this object has made and that is still empty.
  void discard();
  /// Whether other processes work on the study too.
  bool has_company() const { return worker_->has_company(); }

  /// The candidates of the study, from trial `first` on: `fresh` if it does not have them yet. It
  /// keeps those that it has, because another version of the program may compute others.
  std::vector<Assignment> candidates(int first, const std::vector<Assignment>& fresh);

  std::optional<FoldRecord> fold(const Request& request);
  /// The last known epoch of a training, finished or not; number 0 if there is none. `until`: the
  /// last one that counts, or 0.
  Epoch last_epoch(const TrainingId& id, int until = 0);
  /// Of the trial's parameters.
  std::optional<RefitRecord> refit(int trial) { return refit_of(*database_, trial); }

  void decide(int number, const Decision& decision);
  /// Claims a training of a rung, or with fold 0 the refit, for this process. False if another
  /// process has it.
  bool claim(const TrainingId& id, int rung);
  /// Gives a claim back; finish() does so too.
  void release(const TrainingId& id) { worker_->release(id); }
  /// Adds or replaces an epoch of a running training. The refit has no epochs here.
  void add(const TrainingId& id, const Epoch& epoch, const Mark& mark);
  /// Replaces the record of a training that was paused. `epochs`: all known epochs of it.
  void finish(const TrainingId& id, const FoldRecord& record, const std::vector<Epoch>& epochs);
  /// Unless another process has written the trial after a later rung.
  void finish(const Trial& trial, int rung);
  void score(const TrainingId& id, const FoldRecord& record);
  /// STUDY/refit belongs to the chosen trial. Refits of other trials move to STUDY/trials/N/refit,
  /// and back.
  void choose(int trial);
  /// If there is a test set, this counts as a look at it.
  void finish(const RefitRecord& refit);
  void finish(const StudyEnd& end);
  /// How many refitted models were measured on the test set.
  int test_looks();
  /// Adds or replaces what an outer fold gave.
  void measured(int outer_fold, const OuterFold& fold);
  /// The number of outer folds that are finished.
  int outer_folds();

 private:
  void open(const StudySettings& settings, StudyUse use);
  Settings settings();
  /// As add(), inside a transaction.
  void write(const TrainingId& id, const Epoch& epoch);

  std::filesystem::path file_;
  bool made_ = false;  // by this object
  std::optional<Database> database_;
  std::optional<Worker> worker_;
};

}  // namespace ridgeline::selection
