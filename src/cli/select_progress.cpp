#include "cli/select_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "data/cache/amount.hpp"
#include "select/assignment.hpp"
#include "select/score.hpp"
#include "select/share_text.hpp"

namespace ridgeline::cli {
namespace {

constexpr int least_with_bar = 20;  // columns of the smallest readable bar

}  // namespace

SelectionProgress::SelectionProgress(Console& console, const experiment::SelectSection& settings)
    : console_(console),
      over_(settings.over),
      metric_(settings.metric),
      table_(settings.over, settings.metric,
             {.utf8 = console.page().utf8, .width = console.page().width}),
      wished_jobs_(settings.jobs) {}

experiment::Listener SelectionProgress::listener() {
  return {.on_plan = [this](const SelectPlan& plan) { begins(plan); },
          .on_progress = [this](const SelectProgress& progress) { goes_on(progress); }};
}

void SelectionProgress::goes_on(const SelectProgress& progress) {
  if (progress.outer != std::exchange(outer_, progress.outer)) outer_begins(progress);
  if (progress.waiting) {
    console_.print("{}\n", console_.dim(progress.trial == 0
                                            ? std::string("another process refits: waiting for it")
                                            : fmt::format("another process trains trial {}, fold "
                                                          "{}: waiting for it",
                                                          progress.trial, progress.fold)));
  }
  if (progress.epoch != nullptr) epoch_ended(progress);
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
                                           selection::text(fold.chosen, over_), count(fold.images),
                                           fold.score));
}

void SelectionProgress::begins(const SelectPlan& plan) {
  table_.show(plan.metric);
  plan_ = plan;
  if (plan.trainings == 0) return;
  const std::string what =
      plan.expected
          ? "the method decides as it goes"
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
void SelectionProgress::epoch_ended(const SelectProgress& progress) {
  remember_score(progress);
  const Epoch& epoch = *progress.epoch;
  if (std::exchange(timed_, true) || epoch.train.images == 0) return;
  const double seconds =
      epoch.seconds / static_cast<double>(epoch.train.images) * plan_.images / plan_.jobs;
  console_.print("about {} in all, by the first epoch\n\n", duration(std::max(seconds, 1.0)));
}

void SelectionProgress::trial_ended(const SelectProgress& progress) {
  forget(progress.ended->number);
  if (!std::exchange(begun_, true)) console_.print("{}\n", console_.dim(table_.header()));
  const std::string line = table_.line(*progress.ended);
  constexpr std::string_view known = ", known";
  const bool said = progress.known && columns(line) + columns(known) <= console_.width();
  console_.print("{}{}\n", line, said ? console_.dim(known) : "");
}

// "l2 0.001   fold 1   1/8 of the images   epoch  3/10   0.9121 ± 0.0103"
std::string SelectionProgress::row(const SelectProgress& progress, const std::string& score) const {
  std::string part;
  if (progress.share < 1) part = selection::images_text(progress.share);
  const std::string what = progress.trial == 0 ? "refit with " : "";
  return fmt::format("  {}{}  fold {}  {}  epoch {:>2}/{}  {}", what,
                     selection::text(progress.parameters, over_), progress.fold, part,
                     progress.step->epoch, progress.step->epochs, score);
}

void SelectionProgress::draw(const SelectProgress& progress) {
  const Training training{progress.trial, progress.fold, progress.share};
  rows_[training] = row(progress, scores_[training]);
  const auto left = pace_.seconds_left(progress.done);
  if (!left) return;
  std::string line =
      progress.outer > 0 ? fmt::format("outer {}/{}  ", progress.outer, progress.outer_folds) : "";
  if (progress.trials > 0) line += counted(progress.trials, "candidate") + ", ";
  line += fmt::format("ETA {}", duration(*left));
  const std::string speed =
      fmt::format("  {} images/s", count(std::llround(progress.images_per_second)));
  if (columns(line + speed) + least_with_bar <= console_.width()) line += speed;
  std::vector<std::string> lines;
  for (const auto& [id, text] : rows_) lines.push_back(text);
  lines.push_back(with_bar(std::move(line), progress.done, console_.width()));
  console_.redraw(lines);
}

// A training that has ended leaves the live table.
void SelectionProgress::remember_score(const SelectProgress& progress) {
  const Training training{progress.trial, progress.fold, progress.share};
  if (!progress.epoch->validation) return;
  scores_[training] = with_error(selection::score_of(metric_, *progress.epoch),
                                 selection::image_error_of(metric_, *progress.epoch));
}

void SelectionProgress::forget(int trial) {
  const auto of_trial = [trial](const auto& row) { return std::get<0>(row.first) == trial; };
  std::erase_if(rows_, of_trial);
  std::erase_if(scores_, of_trial);
}

}  // namespace ridgeline::cli
