#pragma once
// Shows a selection: what there is to do, how long it will take as soon as that is known, a line
// for each trial that has ended and, on a terminal, a live line for the current training.

#include <string>

#include "cli/console.hpp"
#include "cli/pace.hpp"
#include "experiment/selection.hpp"
#include "ridgeline/selection.hpp"
#include "select/trial_table.hpp"

namespace ridgeline::cli {

class SelectionProgress {
 public:
  /// `wished_jobs` is select.jobs; fewer may run at a time.
  SelectionProgress(Console& console, selection::TrialTable table, std::int64_t wished_jobs)
      : console_(console), table_(std::move(table)), wished_jobs_(wished_jobs) {}

  /// The listener for select(). This object must outlive it.
  experiment::Listener listener();

 private:
  void begins(const SelectPlan& plan);
  void goes_on(const SelectProgress& progress);
  void outer_begins(const SelectProgress& progress);
  void outer_ended(const SelectProgress& progress);
  void epoch_ended(const Epoch& epoch);
  void trial_ended(const SelectProgress& progress);
  void draw(const SelectProgress& progress);

  Console& console_;
  selection::TrialTable table_;
  std::int64_t wished_jobs_;
  int outer_ = 0;  // the outer fold that was told last
  bool begun_ = false;
  Pace pace_;
  SelectPlan plan_;
  bool timed_ = false;
};

/// "regularize.l2 0.001", "optimizer.learning_rate 0.01, regularize.l2 0".
std::string text(const Assignment& parameters);

}  // namespace ridgeline::cli
