#pragma once
// Trains what a method asks for, several trainings at a time, and keeps the results on the board
// and in the study.

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "select/queue.hpp"
#include "select/study.hpp"
#include "select/task.hpp"

namespace ridgeline::selection {

class Trainer {
 public:
  /// All arguments outlive the trainer. `study` may be null.
  Trainer(const SelectOptions& options, const SelectionTask& task, Board& board, Study* study)
      : options_(options), task_(task), board_(board), study_(study) {}

  /// Trains a rung. False if it was interrupted. `later`: about what follows the rung, for the
  /// progress.
  bool train(const std::vector<Request>& rung, const std::vector<Request>& later);
  /// Summaries of the trials that this object was asked for, in the order of their numbers.
  std::vector<Trial> trials() const;

  /// Callbacks that tell of steps and epochs. `keep` is called with each epoch before, and with the
  /// finished share of the selection.
  Callbacks telling(const SelectProgress& where, std::function<void(const Epoch&, double)> keep);
  /// Fills the rest of `progress`, and tells it.
  void tell(SelectProgress progress);
  bool stop_asked() const;
  /// Claims a training in the study, as soon as no other process has it. False if this was stopped.
  bool claim(const TrainingId& id);

  int rungs() const { return rungs_; }
  int trainings() const { return static_cast<int>(counted_.size()); }
  double seconds() const { return seconds_; }

 private:
  void train_next();
  std::optional<FoldRecord> known(const Request& request);
  void add(const Request& request, FoldRecord record);
  void wait(const TrainingId& id, std::unique_lock<std::mutex>& lock);
  double done() const;
  std::optional<FoldRecord> train_one(const Request& request, std::unique_lock<std::mutex>& lock);
  void score(const Request& request, FoldRecord& record);
  void check_measured(const FoldRecord& record) const;
  void end(int number);
  std::filesystem::path run_of(const TrainingId& id) const;

  struct Running {
    double share = 0;  // of its epochs
    double images_per_second = 0;
  };

  const SelectOptions& options_;
  const SelectionTask& task_;
  // Used under the mutex while several train.
  std::mutex mutex_;
  Board& board_;
  Study* study_;
  TrainingQueue queue_{board_, {}};
  double finished_ = 0, later_ = 0;  // shares, of the rungs before and after this one
  std::set<int> trained_;            // trials, by this call
  std::set<int> ended_;              // trials of this rung
  std::set<TrainingId> counted_;
  std::map<std::pair<int, int>, Running> running_;  // by trial and fold
  int rungs_ = 0;
  int jobs_ = 1;                       // trainings of this rung that run at a time
  std::optional<TrainingId> waiting_;  // as told
  double seconds_ = 0;
  bool interrupted_ = false;
  std::atomic<bool> stopping_ = false;
};

/// Seconds since `start`, or those of the epochs if some of them were trained before it.
double seconds_of(std::chrono::steady_clock::time_point start, const std::vector<Epoch>& epochs);

}  // namespace ridgeline::selection
