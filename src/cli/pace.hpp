#pragma once
// When to redraw a line of progress, and how long the rest will take.

#include <chrono>
#include <optional>

namespace ridgeline::cli {

class Pace {
 public:
  /// The seconds left when the share `done` (0 to 1) is done, if the rest takes as long. Nothing if
  /// the last answer is too recent to redraw, or at the first call.
  std::optional<double> seconds_left(double done);

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> begin_;  // a resumed training begins in its middle
  double begin_done_ = 0;
  Clock::time_point answered_{};
};

}  // namespace ridgeline::cli
