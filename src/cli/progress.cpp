#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

constexpr int least_bar = 6, widest_bar = 30;

double share_of_epoch(const Progress& progress) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(progress.steps, 1));
  return static_cast<double>(progress.step) / steps;
}

std::string training_columns(int epoch, int epochs, const Metrics& train) {
  return fmt::format("{:>7}  {:>9} + {:>8} = {:>9} {:>8}  ", fmt::format("{}/{}", epoch, epochs),
                     number(train.data_loss), number(train.penalty), number(train.objective),
                     number(train.accuracy));
}

std::string speed_column(double images_per_second) {
  return fmt::format("{:>8}", count(std::llround(images_per_second)));
}

}  // namespace

double share_of_all(const Progress& progress) {
  return (progress.epoch - 1 + share_of_epoch(progress)) / std::max(progress.epochs, 1);
}

std::string with_bar(std::string line, double share, int width) {
  const int bar = std::min(width - 3 - columns(line), widest_bar);
  // A line that wraps could not be drawn over.
  if (bar < least_bar) return line.substr(0, static_cast<std::size_t>(std::max(width, 0)));
  line += "  ";
  for (int i = 0; i < bar; ++i) line += i < static_cast<int>(share * bar) ? "━" : "─";
  return line;
}

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
  return with_bar(line, share_of_epoch(progress), width);
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
  if (const auto left = pace_.seconds_left(share_of_all(progress))) {
    console_.redraw(progress_line(progress, *left, validation_, console_.width()));
  }
}

}  // namespace ridgeline::cli
