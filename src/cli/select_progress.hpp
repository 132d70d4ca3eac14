#pragma once
// A selection as it goes: a line for each trial that has ended and, on a terminal, a live one for
// the training at work.

#include <string>

#include "cli/console.hpp"
#include "cli/pace.hpp"
#include "ridgeline/selection.hpp"
#include "select/trial_table.hpp"

namespace ridgeline::cli {

class SelectionProgress {
 public:
  SelectionProgress(Console& console, selection::TrialTable table)
      : console_(console), table_(std::move(table)) {}

  void operator()(const SelectProgress& progress);

 private:
  void trial_ended(const SelectProgress& progress);
  void draw(const SelectProgress& progress);

  Console& console_;
  selection::TrialTable table_;
  bool begun_ = false;
  Pace pace_;
};

/// "regularize.l2 0.001", "optimizer.learning_rate 0.01, regularize.l2 0".
std::string text(const Assignment& parameters);

}  // namespace ridgeline::cli
