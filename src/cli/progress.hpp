#pragma once
// Training as it goes: a line an epoch and, on a terminal, a live one for the epoch at work.

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

  /// What fit() is to call for a training of `epochs`; this object must outlive it.
  Callbacks callbacks(int epochs);
  /// Whether there was anything to train.
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
/// The line, with a bar after it where `width` columns leave room; cut where they do not hold it.
std::string with_bar(std::string line, double share, int width);

// The table of epochs, 80 columns wide, and without the less important columns where `width` does
// not hold those; without line ends.
/// `metric`: the name of the first; empty: none.
std::string epoch_header(std::string_view metric, bool validation, int width);
std::string epoch_line(const Epoch& epoch, int epochs, int width);
/// The epoch at work, in the same columns: where validation's numbers will be stand the share that
/// is done and the time left of all epochs.
std::string progress_line(const Progress& progress, double seconds_left, bool validation,
                          int width);

}  // namespace ridgeline::cli
