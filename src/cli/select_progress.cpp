#include "cli/select_progress.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "cli/progress.hpp"
#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

// The share of all trainings that is done, the refit counted as one fold.
double share_done(const SelectProgress& p) {
  const double folds = std::max(p.folds, 1), all = p.trials * folds + 1;
  const double before = p.trial == 0 ? p.trials * folds : (p.trial - 1) * folds + p.fold - 1;
  return (before + share_of_all(*p.step)) / all;
}

}  // namespace

std::string text(const Assignment& parameters) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : parameters) parts.push_back(fmt::format("{} {:g}", key, value));
  return fmt::format("{}", fmt::join(parts, ", "));
}

void SelectionProgress::operator()(const SelectProgress& progress) {
  if (progress.ended != nullptr) trial_ended(progress);
  if (progress.step != nullptr && console_.live()) draw(progress);
}

void SelectionProgress::trial_ended(const SelectProgress& progress) {
  const Trial& trial = *progress.ended;
  const std::string outcome =
      trial.status == "done"
          ? fmt::format("{} {} ± {}   accuracy {}", metric_, number(trial.score),
                        number(trial.standard_error), number(trial.validation->accuracy))
          : trial.status;
  console_.print("trial {:>2}/{}   {:<28} {}{}\n", progress.trial, progress.trials,
                 text(trial.parameters), outcome, progress.known ? "   (in the study)" : "");
}

void SelectionProgress::draw(const SelectProgress& progress) {
  const double done = share_done(progress);
  const auto left = pace_.seconds_left(done);
  if (!left) return;
  const Progress& step = *progress.step;
  const std::string where =
      progress.trial == 0
          ? std::string("refit")
          : fmt::format("trial {:>2}/{}   {}   fold {}/{}", progress.trial, progress.trials,
                        text(progress.parameters), progress.fold, progress.folds);
  console_.redraw(
      with_bar(fmt::format("{}   epoch {}/{}   accuracy {}   {} images/s   ETA {}", where,
                           step.epoch, step.epochs, number(step.train.accuracy),
                           count(std::llround(step.images_per_second)), duration(*left)),
               done, console_.width()));
}

}  // namespace ridgeline::cli
