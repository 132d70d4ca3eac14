#pragma once
// The trainings of a selection, and what they gave.

#include <compare>
#include <limits>
#include <string>

#include "ridgeline/history.hpp"

namespace ridgeline::selection {

/// One training of a selection.
struct TrainingId {
  int trial = 0, fold = 0;  ///< 1 for the first
  double share = 1;         ///< of the fold's training images, in (0, 1]
  friend auto operator<=>(const TrainingId&, const TrainingId&) = default;
};

/// A training up to an epoch, which a method asks for.
struct Request {
  TrainingId id;
  int until = 0;  ///< the last epoch; 0: all epochs
  friend auto operator<=>(const Request&, const Request&) = default;
};

/// What a request gave.
struct FoldRecord {
  std::string status;  ///< "done", "paused" (more epochs can follow) or "diverged"
  double score = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< over the images
  int epochs = 0;
  double seconds = 0;
  Epoch last;  ///< the last known epoch; without validation if there is none
};

}  // namespace ridgeline::selection
