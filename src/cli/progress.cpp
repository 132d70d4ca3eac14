#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The share of all steps of all epochs that is done.
double share_done(const Progress& progress) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(progress.steps, 1));
  return (progress.epoch - 1 + static_cast<double>(progress.step) / steps) /
         std::max(progress.epochs, 1);
}

std::string bar(double share, int width) {
  const int filled = std::clamp(static_cast<int>(share * width), 0, width);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < filled ? "━" : "─";
  return text;
}

}  // namespace

std::string progress_line(const Progress& progress, double seconds_left, int width) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(progress.steps, 1));
  const double share = static_cast<double>(progress.step) / steps;
  const Metrics& now = progress.train;
  const std::string head =
      fmt::format("{:>3}/{:<3} {:>3.0f} % ", progress.epoch, progress.epochs, 100 * share);
  const std::string tail =
      fmt::format("  {} + {} = {}  accuracy {}  {} images/s  ETA {}", number(now.data_loss),
                  number(now.penalty), number(now.objective), number(now.accuracy),
                  count(std::llround(progress.images_per_second)), duration(seconds_left));
  const int space = width - 1 - columns(head) - columns(tail);
  if (space >= 4) return head + bar(share, std::min(space, 30)) + tail;
  return (head + tail).substr(0, static_cast<std::size_t>(std::max(width - 1, 0)));
}

std::string epoch_header(bool validation) {
  return fmt::format("  epoch  data loss +  penalty = objective accuracy  {}images/s\n",
                     validation ? " val loss  val acc  " : "");
}

std::string epoch_line(const Epoch& epoch, int epochs) {
  const Metrics& train = epoch.train;
  const std::string validation =
      epoch.validation ? fmt::format("{:>9} {:>8}  ", number(epoch.validation->data_loss),
                                     number(epoch.validation->accuracy))
                       : std::string();
  return fmt::format("{:>7}  {:>9} + {:>8} = {:>9} {:>8}  {}{:>8}\n",
                     fmt::format("{}/{}", epoch.epoch, epochs), number(train.data_loss),
                     number(train.penalty), number(train.objective), number(train.accuracy),
                     validation, count(std::llround(epoch.images_per_second)));
}

Callbacks TrainingProgress::callbacks() {
  Callbacks callbacks;
  if (console_.live()) {
    callbacks.on_step = [this](const Progress& progress) {
      step(progress);
      return true;
    };
  }
  callbacks.on_epoch = [this](const Epoch& done) {
    epoch(done);
    return true;
  };
  return callbacks;
}

void TrainingProgress::step(const Progress& progress) {
  const auto now = Clock::now();
  const double done = share_done(progress);
  if (begin_ == Clock::time_point{}) {
    begin_ = now;
    begin_done_ = done;
  }
  if (now - drawn_ < redraw_interval || done <= begin_done_) return;
  drawn_ = now;
  const double left = seconds(now - begin_) * (1 - done) / (done - begin_done_);
  console_.redraw(progress_line(progress, left, console_.width()));
}

void TrainingProgress::epoch(const Epoch& epoch) {
  if (!header_done_) console_.write(console_.dim(epoch_header(epoch.validation.has_value())));
  header_done_ = true;
  console_.write(epoch_line(epoch, epochs_));
}

}  // namespace ridgeline::cli
