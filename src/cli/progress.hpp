#pragma once
// Training as it goes: a line an epoch and, on a terminal, a live one for the epoch at work.

#include <chrono>

#include "cli/console.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

class TrainingProgress {
 public:
  TrainingProgress(Console& console, int epochs) : console_(console), epochs_(epochs) {}

  /// What fit() is to call; this object must outlive it.
  Callbacks callbacks();

 private:
  void step(const Progress& progress);
  void epoch(const Epoch& epoch);

  using Clock = std::chrono::steady_clock;
  Console& console_;
  int epochs_;
  bool header_done_ = false;
  Clock::time_point begin_{};  // of the first step seen, which a resumed run has in its middle
  double begin_done_ = 0;      // the share of all steps that was done then
  Clock::time_point drawn_{};
};

/// The live line, at most `width` columns: bar, losses, metric, images/s, ETA in `seconds_left`.
std::string progress_line(const Progress& progress, double seconds_left, int width);
/// A line of the table of epochs, and its header, without colours.
std::string epoch_line(const Epoch& epoch, int epochs);
std::string epoch_header(bool validation);

}  // namespace ridgeline::cli
