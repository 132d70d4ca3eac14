#pragma once
// Trials as lines of a table.

#include <limits>
#include <string>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

struct TrialStyle {
  bool utf8 = true;
  int width = std::numeric_limits<int>::max();
};

/// Lines of fixed columns, 80 for one key, so that they can be printed as trials end: values,
/// score and its standard error, accuracy (or data loss, where the accuracy is the score), the
/// training's data loss and accuracy, and what became of the trial. Where a page of `width` columns
/// does not hold them, values, score and status alone.
class TrialTable {
 public:
  TrialTable(const SearchSpace& over, std::string metric, const TrialStyle& style = {});

  std::string header() const;
  std::string line(const Trial& trial) const;

 private:
  std::string score_title() const;

  SearchSpace over_;
  std::string metric_;
  std::string plus_minus_;
  int score_width_ = 18;
  bool with_metrics_ = true;
};

}  // namespace ridgeline::selection
