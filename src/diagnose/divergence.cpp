// The cause of a divergence, from the last epoch with a step. The first of these that holds:
//   the penalty  alone it makes the weights grow: w <- (1 - share) w with a share of 2 or more
//   the steps    one of them moved a kernel by `far` of its norm. In a good training a step moves
//                it by about a thousandth. If steps are too long for the curvature of the loss,
//                they grow from one to the next (LeCun et al., "Efficient BackProp", 1998).
//                Or a gradient was `huge`: for a bias, whose norm says nothing about a step
// Otherwise neither is the cause, and the data or the initial weights should be checked.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double far = 0.5;
constexpr double huge = 1e6;

// The record up to the last epoch that has steps. The epoch of the divergence may have none.
Record with_steps(Record record) {
  while (!record.epochs.empty() && record.epochs.back().statistics.steps == 0) {
    record.epochs = record.epochs.first(record.epochs.size() - 1);
  }
  return record;
}

// Names the kernels that a step of the last epoch moved by `far` of their norm, the furthest first,
// and says how far that was. 0: none.
double furthest_step(const Record& record, Verdict& verdict) {
  double most = 0;
  if (record.epochs.empty()) return most;
  for (const std::size_t p : trained_kernels(record)) {
    const double moved = record.epochs.back().statistics.parameters[p].largest_update;
    if (!(moved >= far)) continue;
    const auto place = moved > most ? verdict.layers.begin() : verdict.layers.end();
    verdict.layers.insert(place, layer_of(record, p));
    most = std::max(most, moved);
  }
  return most;
}

// The largest norm that a parameter's gradient had in these epochs.
double largest_gradient(std::span<const Epoch> epochs) {
  double most = 0;
  for (const Epoch& epoch : epochs) {
    for (const ParameterStatistics& s : epoch.statistics.parameters) {
      most = std::max(most, s.largest_gradient);
    }
  }
  return most;
}

void too_strong(const Overshoot& overshoot, double rate, Verdict& verdict) {
  verdict.kind = "penalty-too-strong";
  verdict.layers = {overshoot.layer};
  verdict.sentence = fmt::format(
      "It diverged because the penalty is too strong: regularize.{} takes {:.3g} times the weights "
      "of {} off in a step, so that they change their sign and grow.",
      overshoot.key, overshoot.share, overshoot.layer);
  verdict.evidence = {{"shrink per step", overshoot.share}, {"learning rate", rate}};
  verdict.advice = penalty_within_reach(overshoot);
}

void too_large(double rate, double step, Verdict& verdict) {
  verdict.kind = "learning-rate-too-high";
  const std::string what =
      step == 0 ? "the gradients grew beyond all measure"
                : fmt::format("one moved {} {}", verdict.layers.front(),
                              std::isfinite(step)
                                  ? fmt::format("by {:.3g} times the norm of its weights", step)
                                  : "further than fp32 can hold");
  verdict.sentence = fmt::format(
      "It diverged because its steps were too large: at a learning rate of {} {}.", rate, what);
  verdict.evidence = {{"learning rate", rate}};
  if (step > 0) verdict.evidence.push_back({"largest step over weights", step});
  verdict.advice = lower_learning_rate();
}

void by_what_it_was_given(bool at_start, Verdict& verdict) {
  verdict.kind = "diverged";
  verdict.sentence = fmt::format(
      "It diverged {}: look for pixels, targets and weights that are not finite or far out of "
      "range.",
      at_start ? "at its very first step, before it learnt anything"
               : "though neither a step nor the penalty was too large");
}

}  // namespace

Verdicts divergence(const Record& record) {
  const Epoch& broken = record.epochs.back();
  const double rate = broken.learning_rate;
  const Record before = with_steps(record);
  Verdict verdict{.severity = Severity::problem};
  if (record.overshoot) {
    too_strong(*record.overshoot, rate, verdict);
  } else if (const double step = furthest_step(before, verdict);
             step > 0 || largest_gradient(before.epochs) >= huge) {
    too_large(rate, step, verdict);
  } else {
    by_what_it_was_given(before.epochs.empty(), verdict);
  }
  if (!before.epochs.empty()) {
    verdict.evidence.push_back({"largest gradient norm", largest_gradient(before.epochs.last(1))});
  }
  if (before.epochs.size() > 1) {
    verdict.evidence.push_back({"largest in the epochs before",
                                largest_gradient(before.epochs.first(before.epochs.size() - 1))});
  }
  verdict.evidence.push_back({fmt::format("steps taken in epoch {}", broken.epoch),
                              static_cast<double>(broken.statistics.steps)});
  // A file cannot hold a number that is too large for fp32.
  std::erase_if(verdict.evidence, [](const Evidence& e) { return !std::isfinite(e.value); });
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
