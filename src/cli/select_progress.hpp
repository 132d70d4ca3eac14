#pragma once
// Shows a selection: what there is to do, how long it will take as soon as that is known, a line
// for each trial that has ended, each decision and, on a terminal, a live table of the trainings
// that run.

#include <map>
#include <string>
#include <tuple>

#include "cli/console.hpp"
#include "cli/pace.hpp"
#include "experiment/experiment.hpp"
#include "experiment/selection.hpp"
#include "ridgeline/selection.hpp"
#include "select/trial_table.hpp"

namespace ridgeline::cli {

class SelectionProgress {
 public:
  SelectionProgress(Console& console, const experiment::SelectSection& settings);

  /// The listener for select(). This object must outlive it.
  experiment::Listener listener();

 private:
  void begins(const SelectPlan& plan);
  void goes_on(const SelectProgress& progress);
  void outer_begins(const SelectProgress& progress);
  void outer_ended(const SelectProgress& progress);
  void epoch_ended(const SelectProgress& progress);
  void remember_score(const SelectProgress& progress);
  void forget(int trial);
  void trial_ended(const SelectProgress& progress);
  void draw(const SelectProgress& progress);
  std::string row(const SelectProgress& progress, const std::string& score) const;

  Console& console_;
  SearchSpace over_;
  std::string metric_;
  selection::TrialTable table_;
  std::int64_t wished_jobs_;
  int outer_ = 0;  // the outer fold that was told last
  bool begun_ = false;
  Pace pace_;
  SelectPlan plan_;
  bool timed_ = false;
  // A training that runs, by trial, fold and share.
  using Training = std::tuple<int, int, double>;
  std::map<Training, std::string> rows_;    // of the live table
  std::map<Training, std::string> scores_;  // after their last epochs
};

}  // namespace ridgeline::cli
