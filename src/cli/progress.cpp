#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr int least_bar = 6, widest_bar = 30;

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double share_of_epoch(const Progress& progress) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(progress.steps, 1));
  return static_cast<double>(progress.step) / steps;
}

double share_of_all(const Progress& progress) {
  return (progress.epoch - 1 + share_of_epoch(progress)) / std::max(progress.epochs, 1);
}

std::string training_columns(int epoch, int epochs, const Metrics& train) {
  return fmt::format("{:>7}  {:>9} + {:>8} = {:>9} {:>8}  ", fmt::format("{}/{}", epoch, epochs),
                     number(train.data_loss), number(train.penalty), number(train.objective),
                     number(train.accuracy));
}

std::string speed_column(double images_per_second) {
  return fmt::format("{:>8}", count(std::llround(images_per_second)));
}

std::string bar(double share, int width) {
  const int filled = std::clamp(static_cast<int>(share * width), 0, width);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < filled ? "━" : "─";
  return text;
}

}  // namespace

std::string epoch_header(bool validation) {
  return fmt::format("  epoch  data loss +  penalty = objective accuracy  {}images/s",
                     validation ? " val loss  val acc  " : "");
}

std::string epoch_line(const Epoch& epoch, int epochs) {
  const std::string validation =
      epoch.validation ? fmt::format("{:>9} {:>8}  ", number(epoch.validation->data_loss),
                                     number(epoch.validation->accuracy))
                       : std::string();
  return training_columns(epoch.epoch, epochs, epoch.train) + validation +
         speed_column(epoch.images_per_second);
}

std::string progress_line(const Progress& progress, double seconds_left, bool validation,
                          int width) {
  const std::string status =
      fmt::format("{:>3.0f} % ETA {}", 100 * share_of_epoch(progress), duration(seconds_left));
  std::string line = training_columns(progress.epoch, progress.epochs, progress.train);
  if (validation) line += fmt::format("{:>18}  ", status);
  line += speed_column(progress.images_per_second);
  if (!validation) line += fmt::format("  {}", status);
  const int room = width - 3 - columns(line);
  if (room >= least_bar) {
    return fmt::format("{}  {}", line, bar(share_of_epoch(progress), std::min(room, widest_bar)));
  }
  // A line that wraps could not be drawn over.
  return line.substr(0, static_cast<std::size_t>(std::max(width, 0)));
}

Callbacks TrainingProgress::callbacks(int epochs) {
  Callbacks callbacks;
  if (console_.live()) {
    callbacks.on_step = [this](const Progress& progress) {
      step(progress);
      return true;
    };
  }
  callbacks.on_epoch = [this, epochs](const Epoch& epoch) {
    begin();
    console_.print("{}\n", epoch_line(epoch, epochs));
    return true;
  };
  return callbacks;
}

void TrainingProgress::begin() {
  if (!begun_) console_.print("{}\n", console_.dim(epoch_header(validation_)));
  begun_ = true;
}

void TrainingProgress::step(const Progress& progress) {
  begin();
  const auto now = Clock::now();
  const double done = share_of_all(progress);
  if (first_seen_ == Clock::time_point{}) {
    first_seen_ = now;
    done_then_ = done;
  }
  if (now - drawn_ < redraw_interval || done <= done_then_) return;
  drawn_ = now;
  const double left = seconds(now - first_seen_) * (1 - done) / (done - done_then_);
  console_.redraw(progress_line(progress, left, validation_, console_.width()));
}

}  // namespace ridgeline::cli
