#pragma once
// The processes that work on a study, and the trainings that each of them has claimed.
//
// Each process keeps a file beside study.sqlite locked. The system unlocks it when the process
// ends, however it ends. So a claim is void as soon as nobody has the lock of its process.

#include <filesystem>
#include <vector>

#include "select/database.hpp"
#include "select/record.hpp"

namespace ridgeline::selection {

/// Seconds since 1970.
double now();

/// A process that works on a study.
struct WorkerProcess {
  int number = 0;   ///< in the study
  int process = 0;  ///< its id in the system
};

/// The processes that work on the study in `folder` now.
std::vector<WorkerProcess> workers_of(Database& database, const std::filesystem::path& folder);

/// How far a training is.
struct Mark {
  int epochs = 0;   ///< all epochs of the training; 0: not known
  double done = 0;  ///< the finished share of the selection
};

/// This process as one of those that work on a study.
class Worker {
 public:
  /// The database outlives this object. Throws ResourceError if another process works on the study,
  /// unless `join`; and with `join`, if the file system has no locks.
  Worker(Database& database, std::filesystem::path folder, bool join);
  /// Gives all claims back.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Whether other processes work on the study.
  bool has_company() const;

  /// Claims a training that this process does not have. False if another process has claimed it and
  /// is alive.
  bool claim(const TrainingId& id);
  void release(const TrainingId& id);
  /// Notes that a training of this process has finished an epoch.
  void mark(const TrainingId& id, int epoch, const Mark& mark);

 private:
  Database& database_;
  std::filesystem::path folder_;
  int number_ = 0;
  int lock_ = -1;
};

}  // namespace ridgeline::selection
