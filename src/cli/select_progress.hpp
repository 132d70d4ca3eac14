#pragma once
// A selection as it goes: a line for each trial that has ended and, on a terminal, a live one for
// the training at work.

#include <string>

#include "cli/console.hpp"
#include "cli/pace.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::cli {

class SelectionProgress {
 public:
  SelectionProgress(Console& console, std::string metric)
      : console_(console), metric_(std::move(metric)) {}

  void operator()(const SelectProgress& progress);

 private:
  void trial_ended(const SelectProgress& progress);
  void draw(const SelectProgress& progress);

  Console& console_;
  std::string metric_;
  Pace pace_;
};

/// "regularize.l2 0.001", "optimizer.learning_rate 0.01, regularize.l2 0".
std::string text(const Assignment& parameters);

}  // namespace ridgeline::cli
