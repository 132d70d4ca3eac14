#pragma once
// Trials as lines of a table.

#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Lines of fixed columns, 80 for one key, so that they can be printed as trials end: values,
/// score and its standard error, accuracy (or data loss, where the accuracy is the score), the
/// training's data loss and accuracy, and what became of the trial.
class TrialTable {
 public:
  TrialTable(const SearchSpace& over, std::string metric, bool utf8 = true);

  std::string header() const;
  std::string line(const Trial& trial) const;

 private:
  SearchSpace over_;
  std::string metric_;
  std::string plus_minus_;
};

}  // namespace ridgeline::selection
