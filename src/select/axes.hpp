#pragma once
// Maps values and scores to positions on the canvas.

#include <string>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// A number in the form of an axis label: 0.25, 1e-5.
std::string short_number(double value);

/// The values of a key from left to right.
class ValueAxis {
 public:
  /// `values`: at least one; `columns`: at least 20.
  ValueAxis(std::vector<double> values, int columns);

  int column(double value) const;
  /// Whether 0 is drawn separately at the left, because the axis is logarithmic.
  bool zero_apart() const { return zero_apart_; }
  /// The column of the gap after it.
  int gap() const { return left_ - 3; }
  /// Columns and their labels, which do not overlap.
  std::vector<std::pair<int, std::string>> ticks() const;

 private:
  double share(double value) const;
  double low_, high_;  // of the values that are not drawn separately
  bool log_ = false, zero_apart_ = false;
  int left_, columns_;
};

/// The visible range of scores: all validation scores near the best, and as many training scores as
/// leave a third of the height for these.
struct ScoreRange {
  double low = 0, high = 1;

  bool contains(double score) const { return score >= low && score <= high; }
};
struct ScorePoint {
  double score = 0, error = 0, training = 0;
};
/// `points`: at least one.
ScoreRange score_range(const std::vector<ScorePoint>& points, bool higher_is_better);

}  // namespace ridgeline::selection
