#pragma once
// The trainings of a selection, and what they gave.

#include <compare>
#include <limits>
#include <map>
#include <string>

#include "ridgeline/history.hpp"

namespace ridgeline::selection {

/// One training of a selection.
struct TrainingId {
  int trial = 0, fold = 0;  ///< 1 for the first
  double share = 1;         ///< of the fold's training images, in (0, 1]
  friend auto operator<=>(const TrainingId&, const TrainingId&) = default;
};

/// What a training measures for a method, in addition to its metrics: FoldRecord::values.
enum class Measure { nothing, slope, evidence };

/// A training up to an epoch, which a method asks for.
struct Request {
  TrainingId id;
  int until = 0;   ///< the last epoch; 0: all epochs
  int epochs = 0;  ///< of the whole training; 0: as the settings say
  /// The trial whose training, on the same fold and share, gives the initial weights: those that it
  /// ended with. 0: fresh weights.
  int from = 0;
  bool keep = false;  ///< whether a later request may begin with its last weights
  Measure measure = Measure::nothing;
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
  /// What a finished training measured for its method, by name.
  std::map<std::string, double> values = {};
};

}  // namespace ridgeline::selection
