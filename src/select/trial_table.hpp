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
/// score and its standard error, the shown metric (or the data loss, if that metric is the score),
/// the training's data loss and metric, and the status of the trial. If `width` is too small for
/// them, only values, score and status.
class TrialTable {
 public:
  TrialTable(const SearchSpace& over, std::string metric, const TrialStyle& style = {});

  /// The metric that is shown in addition to the score; empty: none.
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
