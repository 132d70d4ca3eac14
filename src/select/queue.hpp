#pragma once
// The order of trainings. Several run at a time.

#include <optional>
#include <vector>

#include "select/study.hpp"

namespace ridgeline::selection {

/// Trials and folds are numbered from 1.
class TrainingQueue {
 public:
  TrainingQueue(std::size_t trials, int folds);

  struct Item {
    int trial = 0, fold = 0;
  };
  /// Trial by trial, fold by fold. The remaining folds of a diverged trial are left out.
  std::optional<Item> next();
  void add(const Item& item, FoldRecord record);

  bool begun(int trial) const { return trial <= next_.trial && begun_; }
  /// Whether the trial needs no more training.
  bool complete(int trial) const;
  /// The folds that count: all up to the first that diverged or is missing.
  std::vector<FoldRecord> folds(int trial) const;
  /// Trainings that need no more work.
  double finished() const;

 private:
  using Folds = std::vector<std::optional<FoldRecord>>;
  const Folds& of(int trial) const { return records_[static_cast<std::size_t>(trial) - 1]; }

  std::vector<Folds> records_;
  Item next_{1, 0};
  bool begun_ = false;
};

}  // namespace ridgeline::selection
