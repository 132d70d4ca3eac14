#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/table.hpp"
#include "metrics/title.hpp"

namespace ridgeline::cli {
namespace {

constexpr int least_bar = 6, widest_bar = 30;

double share_of_epoch(const Progress& progress) {
  const auto steps = static_cast<double>(std::max<std::int64_t>(progress.steps, 1));
  return static_cast<double>(progress.step) / steps;
}

bool all_columns_fit(bool validation, int width) {
  return width >= (validation ? 80 : 60);
}

std::string epoch_column(int epoch, int epochs) {
  return fmt::format("{:>7}", fmt::format("{}/{}", epoch, epochs));
}

std::string first_metric(const Metrics& metrics) {
  return metrics.values.empty() ? "" : number(metrics.values.front().value);
}

std::string training_columns(int epoch, int epochs, const Metrics& train) {
  return fmt::format("{}  {:>9} + {:>8} = {:>9} {:>8}  ", epoch_column(epoch, epochs),
                     number(train.data_loss), number(train.penalty), number(train.objective),
                     first_metric(train));
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
  // A wrapped line could not be redrawn.
  if (bar < least_bar) return line.substr(0, static_cast<std::size_t>(std::max(width, 0)));
  line += "  ";
  for (int i = 0; i < bar; ++i) line += i < static_cast<int>(share * bar) ? "━" : "─";
  return line;
}

std::string epoch_header(std::string_view metric, bool validation, int width) {
  constexpr std::size_t metric_width = 8;
  const std::string short_title = metrics::short_title(metric);
  const std::string title = metric.size() <= metric_width ? std::string(metric) : short_title;
  const std::string of_validation = metric.empty() ? "" : "val " + short_title;
  if (!all_columns_fit(validation, width)) {
    return validation ? fmt::format("  epoch  data loss  val loss {:>8}", of_validation)
                      : fmt::format("  epoch  data loss objective {:>8}", title);
  }
  return fmt::format("  epoch  data loss +  penalty = objective {:>8}  {}images/s", title,
                     validation ? fmt::format(" val loss {:>8}  ", of_validation) : "");
}

std::string epoch_line(const Epoch& epoch, int epochs, int width) {
  if (!all_columns_fit(epoch.validation.has_value(), width)) {
    const Metrics& train = epoch.train;
    const Metrics& last = epoch.validation ? *epoch.validation : train;
    return fmt::format(
        "{}  {:>9} {:>9} {:>8}", epoch_column(epoch.epoch, epochs), number(train.data_loss),
        number(epoch.validation ? last.data_loss : train.objective), first_metric(last));
  }
  const std::string validation =
      epoch.validation ? fmt::format("{:>9} {:>8}  ", number(epoch.validation->data_loss),
                                     first_metric(*epoch.validation))
                       : std::string();
  return training_columns(epoch.epoch, epochs, epoch.train) + validation +
         speed_column(epoch.images_per_second);
}

std::string progress_line(const Progress& progress, double seconds_left, bool validation,
                          int width) {
  const std::string status =
      fmt::format("{:>3.0f} % ETA {}", 100 * share_of_epoch(progress), duration(seconds_left));
  if (!all_columns_fit(validation, width)) {
    const std::string line =
        fmt::format("{}  {:>9}  {}", epoch_column(progress.epoch, progress.epochs),
                    number(progress.train.data_loss), status);
    return with_bar(line, share_of_epoch(progress), width);
  }
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
    begin(epoch.train);
    console_.print("{}\n", epoch_line(epoch, epochs, console_.page().width));
    return true;
  };
  return callbacks;
}

void TrainingProgress::begin(const Metrics& train) {
  if (!begun_) {
    const std::string metric = train.values.empty() ? "" : train.values.front().name;
    console_.print("{}\n", console_.dim(epoch_header(metric, validation_, console_.page().width)));
  }
  begun_ = true;
}

void TrainingProgress::step(const Progress& progress) {
  begin(progress.train);
  if (const auto left = pace_.seconds_left(share_of_all(progress))) {
    console_.redraw(progress_line(progress, *left, validation_, console_.width()));
  }
}

}  // namespace ridgeline::cli
