// Too few steps for λ to act. A penalty that takes the share s off the weights in each step
// averages the gradients of the last 1 / s steps. s is lr * λ for decoupled decay (Wang and
// Aitchison, arXiv 2405.13698: a time scale as long as the training is useful, and a far longer one
// is as good as no penalty). The verdict is given if the training is shorter than `acted` of the
// time scale of every penalised kernel, although the penalty has a share in the steps.

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double acted = 0.05;  // the penalty alone would make the weights 5 % smaller

}  // namespace

Verdicts too_few_steps(const Record& record) {
  double most_folds = 0;
  for (const std::size_t p : penalised(record)) most_folds = std::max(most_folds, folds(record, p));
  if (most_folds >= acted || most_folds == 0 || penalty_is_idle(record)) return {};
  const auto taken = static_cast<double>(steps(record));
  const double scale = taken / most_folds;
  Verdict verdict{.kind = "too-few-steps", .severity = Severity::note};
  verdict.sentence = fmt::format(
      "There were too few steps for λ to act: its time scale, 1 / (learning rate * λ), is {:.3g} "
      "steps, and {:.0f} were taken.",
      scale, taken);
  verdict.evidence = {
      {"time scale in steps", scale}, {"steps taken", taken}, {"e-folds of shrinking", most_folds}};
  verdict.advice = longer_training(record);
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
