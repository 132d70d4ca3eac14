#pragma once
// From values and scores to places on the canvas.

#include <string>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// A number as an axis has it: 0.25, 1e-5.
std::string short_number(double value);

/// The values of a key from left to right.
class ValueAxis {
 public:
  /// `values`: at least one; `columns`: at least 20.
  ValueAxis(std::vector<double> values, int columns);

  int column(double value) const;
  /// Whether 0 stands apart at the left, where a logarithm has no place for it.
  bool zero_apart() const { return zero_apart_; }
  /// The column of the gap behind it.
  int gap() const { return left_ - 3; }
  /// Columns and their labels, which do not overlap.
  std::vector<std::pair<int, std::string>> ticks() const;

 private:
  double share(double value) const;
  double low_, high_;  // of what is not apart
  bool log_ = false, zero_apart_ = false;
  int left_, columns_;
};

/// The scores from the bottom to the top of what is worth seeing: all that validation has near its
/// best, and as much of the training as leaves that a third of the height.
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
