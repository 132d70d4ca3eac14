#pragma once
// When to redraw a line of progress, and how long the rest will take.

#include <chrono>
#include <optional>

namespace ridgeline::cli {

class Pace {
 public:
  /// The seconds left when `done` (0 to 1) of all is done, as the part seen so far went; nothing
  /// where the last answer is too fresh to redraw, or nothing has been seen yet.
  std::optional<double> seconds_left(double done);

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> begin_;  // what is gone on with begins in its middle
  double begin_done_ = 0;
  Clock::time_point answered_{};
};

}  // namespace ridgeline::cli
