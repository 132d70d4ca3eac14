#pragma once
// What a selection knows: its candidates, and what their trainings gave. Methods decide by it.

#include <map>
#include <set>
#include <vector>

#include "ridgeline/selection.hpp"
#include "select/record.hpp"

namespace ridgeline::selection {

class Study;

class Board {
 public:
  /// Keeps its candidates in the study too, unless that is null.
  explicit Board(Study* study = nullptr) : study_(study) {}

  /// SelectionTask::distinct_folds; empty: all folds have distinct validation images.
  void set_distinct_folds(std::vector<double> distinct) { distinct_ = std::move(distinct); }
  /// How many folds with distinct validation images the first `folds` folds are worth.
  double distinct_folds(std::size_t folds) const {
    return folds > 0 && folds <= distinct_.size() ? distinct_[folds - 1]
                                                  : static_cast<double>(folds);
  }

  /// Adds candidates, and gives the number of the first. Trials are numbered from 1.
  int add(const std::vector<Assignment>& candidates);
  /// The trial of a candidate, which is added if it is new.
  int trial(const Assignment& candidate);
  int trials() const { return static_cast<int>(candidates_.size()); }
  const Assignment& parameters(int trial) const;

  void decide(Decision decision) { decisions_.push_back(std::move(decision)); }
  const std::vector<Decision>& decisions() const { return decisions_; }

  /// Notes that a method has asked for the request.
  void ask(const Request& request);
  void add(const Request& request, FoldRecord record);
  /// Forgets what a rung's trials gave after their first request that diverged. Whether such a
  /// training was still begun depends on what ran at the same time, and methods must not see that.
  void settle(const std::vector<Request>& rung);
  /// Null if the request is not finished.
  const FoldRecord* find(const Request& request) const;
  bool diverged(int trial) const;
  /// Whether all requests of the trial are finished, or it has diverged.
  bool complete(int trial) const;
  /// The records that count: those of the trial's largest share and last epoch, fold by fold, up to
  /// the first that diverged or is missing.
  std::vector<FoldRecord> folds(int trial) const;
  /// Whether the records that count are of all images and all epochs.
  bool whole(int trial) const;
  /// Marks a trial that the method has given up: it cannot be chosen.
  void leave(int trial) { left_.insert(trial); }
  bool left(int trial) const { return left_.contains(trial); }
  /// The share of the images of the records that count.
  double share(int trial) const;
  /// All finished requests, in the order of trials, folds and shares.
  const std::map<Request, FoldRecord>& records() const { return records_; }

 private:
  const Request* furthest(int trial) const;

  Study* study_;
  std::vector<double> distinct_;
  std::vector<Assignment> candidates_;
  std::vector<Decision> decisions_;
  std::set<int> left_;
  std::map<int, std::vector<Request>> requests_;  // by trial
  std::map<Request, FoldRecord> records_;
};

}  // namespace ridgeline::selection
