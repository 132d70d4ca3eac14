#include "cli/select_progress.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "data/cache/amount.hpp"

namespace ridgeline::cli {
namespace {

constexpr int least_with_bar = 20;  // columns of the smallest readable bar

}  // namespace

std::string text(const Assignment& parameters) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : parameters) parts.push_back(fmt::format("{} {:g}", key, value));
  return fmt::format("{}", fmt::join(parts, ", "));
}

experiment::Listener SelectionProgress::listener() {
  return {.on_plan = [this](const SelectPlan& plan) { begins(plan); },
          .on_progress = [this](const SelectProgress& progress) { goes_on(progress); }};
}

void SelectionProgress::goes_on(const SelectProgress& progress) {
  if (progress.outer != std::exchange(outer_, progress.outer)) outer_begins(progress);
  if (progress.epoch != nullptr) epoch_ended(*progress.epoch);
  if (progress.ended != nullptr) trial_ended(progress);
  if (progress.outer_ended != nullptr) outer_ended(progress);
  if (progress.decision != nullptr) console_.print("{}\n", progress.decision->reason);
  if (progress.step != nullptr && console_.live()) draw(progress);
}

void SelectionProgress::outer_begins(const SelectProgress& progress) {
  console_.print("\n{}\n", progress.outer == 0 ? std::string("On all training images")
                                               : fmt::format("Without outer fold {} of {}",
                                                             progress.outer, progress.outer_folds));
  begun_ = false;  // the table needs its header
}

void SelectionProgress::outer_ended(const SelectProgress& progress) {
  const OuterFold& fold = *progress.outer_ended;
  console_.print("{}\n", fold.chosen.empty()
                             ? std::string("nothing was chosen")
                             : fmt::format("chosen {}; on the {} images of the outer fold {:.4f}",
                                           text(fold.chosen), count(fold.images), fold.score));
}

void SelectionProgress::begins(const SelectPlan& plan) {
  table_.show(plan.metric);
  plan_ = plan;
  if (plan.trainings == 0) return;
  const std::string what =
      plan.expected
          ? "shares of the images first"
          : fmt::format("{} on {}", counted(plan.candidates, "candidate"),
                        plan.folds == 1 ? "a hold-out" : fmt::format("{} folds", plan.folds));
  const std::string outer =
      plan.outer_folds == 0
          ? std::string()
          : fmt::format("; also without each of {}", counted(plan.outer_folds, "outer fold"));
  console_.print("To do: {}{} ({}, and the refit{}), {}, {} images\n",
                 plan.expected ? "about " : "", counted(plan.trainings, "training"), what, outer,
                 counted(plan.epochs, "epoch"), count(std::llround(plan.images)));
  if (wished_jobs_ > plan.jobs) {
    console_.print(
        "{} at a time: select.jobs = {} is more than the trainings, train.threads or the "
        "free memory allow\n",
        plan.jobs, wished_jobs_);
  }
  if (plan.disk == 0) return;
  console_.print("about {} of disk, {} at most while it trains\n\n", data::amount(plan.disk),
                 data::amount(plan.peak));
}

// The time of the first epoch tells how long all will take: other jobs run at the same time.
void SelectionProgress::epoch_ended(const Epoch& epoch) {
  if (std::exchange(timed_, true) || epoch.train.images == 0) return;
  const double seconds =
      epoch.seconds / static_cast<double>(epoch.train.images) * plan_.images / plan_.jobs;
  console_.print("about {} in all, by the first epoch\n\n", duration(std::max(seconds, 1.0)));
}

void SelectionProgress::trial_ended(const SelectProgress& progress) {
  if (!std::exchange(begun_, true)) console_.print("{}\n", console_.dim(table_.header()));
  const std::string line = table_.line(*progress.ended);
  constexpr std::string_view known = ", known";
  const bool said = progress.known && columns(line) + columns(known) <= console_.width();
  console_.print("{}{}\n", line, said ? console_.dim(known) : "");
}

void SelectionProgress::draw(const SelectProgress& progress) {
  const auto left = pace_.seconds_left(progress.done);
  if (!left) return;
  const Progress& step = *progress.step;
  std::string line =
      progress.outer > 0 ? fmt::format("outer {}/{}  ", progress.outer, progress.outer_folds) : "";
  line += progress.trial == 0 ? std::string("refit")
                              : fmt::format("trial {:>2}/{}  fold {}/{}", progress.trial,
                                            progress.trials, progress.fold, progress.folds);
  line += fmt::format("  epoch {:>2}/{}  ETA {}", step.epoch, step.epochs, duration(*left));
  if (!step.train.values.empty()) {
    const MetricValue& metric = step.train.values.front();
    line += fmt::format("  {} {}", metric.name, number(metric.value));
  }
  const std::string speed =
      fmt::format("  {} images/s", count(std::llround(progress.images_per_second)));
  if (columns(line + speed) + least_with_bar <= console_.width()) line += speed;
  console_.redraw(with_bar(std::move(line), progress.done, console_.width()));
}

}  // namespace ridgeline::cli
