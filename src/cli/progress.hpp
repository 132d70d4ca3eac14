#pragma once
// Shows a training: a line for each epoch and, on a terminal, a live line for the current epoch.

#include <string>
#include <string_view>

#include "cli/console.hpp"
#include "cli/pace.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

class TrainingProgress {
 public:
  /// `validation`: whether epochs will have validation numbers.
  TrainingProgress(Console& console, bool validation)
      : console_(console), validation_(validation) {}

  /// The callbacks for fit() in a training of `epochs`. This object must outlive them.
  Callbacks callbacks(int epochs);
  /// Whether an epoch has begun.
  bool begun() const { return begun_; }

 private:
  void begin(const Metrics& train);
  void step(const Progress& progress);

  Console& console_;
  bool validation_;
  bool begun_ = false;
  Pace pace_;
};

/// The share of all epochs that is done.
double share_of_all(const Progress& progress);
/// The line with a bar after it, if `width` columns have space for it. A line that is too long is
/// cut.
std::string with_bar(std::string line, double share, int width);

// The table of epochs, 80 columns wide. If `width` is less, it has only the important columns. The
// lines have no line ends.
/// `metric`: the name of the first metric; empty: none.
std::string epoch_header(std::string_view metric, bool validation, int width);
std::string epoch_line(const Epoch& epoch, int epochs, int width);
/// The current epoch in the same columns. In place of the validation's numbers it has the share
/// that is done, and the time left for all epochs.
std::string progress_line(const Progress& progress, double seconds_left, bool validation,
                          int width);

}  // namespace ridgeline::cli
