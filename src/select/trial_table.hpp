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
/// score and its standard error, the metric that is shown (or the data loss, where that metric is
/// the score), the training's data loss and metric, and what became of the trial. Where a page of
/// `width` columns does not hold them, values, score and status alone.
class TrialTable {
 public:
  TrialTable(const SearchSpace& over, std::string metric, const TrialStyle& style = {});

  /// The metric, beside the score, that the columns show; empty: none.
  void show(std::string metric);

  std::string header() const;
  std::string line(const Trial& trial) const;

 private:
  std::string score_title() const;
  void set_widths();
  /// Whether trials are scored by the metric that is shown.
  bool by_shown() const { return metric_ == "val_" + shown_; }

  SearchSpace over_;
  std::string metric_, shown_;
  std::string plus_minus_;
  bool utf8_;
  int page_width_;
  int score_width_ = 0;
  bool with_metrics_ = true;
};

}  // namespace ridgeline::selection
