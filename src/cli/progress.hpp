#pragma once
// Training as it goes: a line an epoch and, on a terminal, a live one for the epoch at work.

#include <chrono>

#include "cli/console.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

class TrainingProgress {
 public:
  /// `validation`: whether epochs will have validation numbers.
  TrainingProgress(Console& console, bool validation)
      : console_(console), validation_(validation) {}

  /// What fit() is to call for a training of `epochs`; this object must outlive it.
  Callbacks callbacks(int epochs);

 private:
  void begin();
  void step(const Progress& progress);

  using Clock = std::chrono::steady_clock;
  Console& console_;
  bool validation_;
  bool begun_ = false;
  Clock::time_point first_seen_{};  // the first step, which a resumed run has in its middle
  double done_then_ = 0;            // the share of all steps that was done then
  Clock::time_point drawn_{};
};

// The table of epochs, 80 columns wide; without line ends.
std::string epoch_header(bool validation);
std::string epoch_line(const Epoch& epoch, int epochs);
/// The epoch at work, in the same columns: where validation's numbers will be stand the share that
/// is done and the time left of all epochs. A bar follows where `width` columns leave room.
std::string progress_line(const Progress& progress, double seconds_left, bool validation,
                          int width);

}  // namespace ridgeline::cli
