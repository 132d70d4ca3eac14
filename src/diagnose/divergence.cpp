// What a training diverged from, by the last epoch in which a step was taken. The first that holds:
//   the penalty  in a step it takes off `all` of a kernel or more, at a learning rate below 1: the
//                weights turn over, and from 2 on they grow without any data (w <- (1 - shrink) w)
//   the steps    one of them moved a kernel by `far` of its norm. A training that goes well moves
//                it by about a thousandth, and where steps are too long for the curvature of the
//                loss they grow from one to the next (LeCun et al., "Efficient BackProp", 1998)
// Otherwise it was neither, and a single batch or the very start is to be looked at.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double all = 1;
constexpr double far = 0.5;

// The record up to the last epoch that has steps: in the one that was broken off there may be none.
Record with_steps(Record record) {
  while (!record.epochs.empty() && record.epochs.back().statistics.steps == 0) {
    record.epochs = record.epochs.first(record.epochs.size() - 1);
  }
  return record;
}

// Names the kernels in which a number of the last epoch is `least` or more, and gives the largest.
// 0: in none.
double largest(const Record& record, double ParameterStatistics::*field, double least,
               Verdict& verdict) {
  double most = 0;
  for (const std::size_t p : trained_kernels(record)) {
    const double value = record.epochs.back().statistics.parameters[p].*field;
    if (!(value >= least)) continue;
    verdict.layers.push_back(layer_of(record, p));
    most = std::max(most, value);
  }
  return most;
}

// How the gradients were: their largest norm in the epoch, and in those before.
void add_gradients(const Record& record, Verdict& verdict) {
  double now = 0, before = 0;
  for (const Epoch& epoch : record.epochs) {
    double& most = &epoch == &record.epochs.back() ? now : before;
    for (const ParameterStatistics& s : epoch.statistics.parameters) {
      most = std::max(most, s.largest_gradient);
    }
  }
  verdict.evidence.push_back({"largest gradient norm", now});
  if (before > 0) verdict.evidence.push_back({"largest in the epochs before", before});
}

void too_strong(double rate, double shrink, Verdict& verdict) {
  verdict.kind = "penalty-too-strong";
  verdict.sentence = fmt::format(
      "It diverged by too strong a penalty: in a step it takes {:.3g} times of {} off, so that the "
      "weights turn over and grow.",
      shrink, verdict.layers.front());
  verdict.evidence = {{"shrink per step", shrink}, {"learning rate", rate}};
  verdict.advice =
      "lower regularize.l2 (or decay, or independent_decay): the share that it takes off in a "
      "step, "
      "the learning rate times λ, must be far below 1";
}

void too_large(double rate, double step, Verdict& verdict) {
  verdict.kind = "learning-rate-too-high";
  verdict.sentence = fmt::format(
      "It diverged by steps that are too large: at a learning rate of {} one moved {} by {:.3g} "
      "times the norm of its weights.",
      rate, verdict.layers.front(), step);
  verdict.evidence = {{"largest step over weights", step}, {"learning rate", rate}};
  verdict.advice =
      "lower optimizer.learning_rate, by a factor of 10 at first, or warm it up; "
      "optimizer.clip_norm = 1 bounds what one batch can do; a batch_norm2d behind each "
      "convolution bears larger steps, and kernel_initializer = "
      "\"he_normal\" begins with gradients of one size in all layers";
}

void by_a_batch(bool at_start, Verdict& verdict) {
  verdict.kind = "diverged";
  verdict.sentence =
      at_start ? "It diverged at its very first step: not by learning, but by the weights or the "
                 "images that it began with."
               : "It diverged though neither a step nor the penalty was too large: a single batch "
                 "gave no finite number.";
  verdict.advice =
      "look for pixels and targets that are not finite or far out of range, and weights too large "
      "to begin with; optimizer.clip_norm = 1 bounds what one batch can do";
}

}  // namespace

Verdicts divergence(const Record& record) {
  const Epoch& broken = record.epochs.back();
  const double rate = broken.learning_rate;
  const Record before = with_steps(record);
  Verdict verdict{.severity = Severity::problem};
  const auto in_kernels = [&](double ParameterStatistics::*field, double least) {
    return before.epochs.empty() ? 0 : largest(before, field, least, verdict);
  };
  const double shrink = rate < 1 ? in_kernels(&ParameterStatistics::shrink, all) : 0;
  const double step = shrink > 0 ? 0 : in_kernels(&ParameterStatistics::largest_update, far);
  if (shrink > 0) {
    too_strong(rate, shrink, verdict);
  } else if (step > 0) {
    too_large(rate, step, verdict);
  } else {
    by_a_batch(before.epochs.empty(), verdict);
  }
  if (!before.epochs.empty()) add_gradients(before, verdict);
  verdict.evidence.push_back({fmt::format("steps taken in epoch {}", broken.epoch),
                              static_cast<double>(broken.statistics.steps)});
  // What fp32 could not hold is no number for a file.
  std::erase_if(verdict.evidence, [](const Evidence& e) { return !std::isfinite(e.value); });
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
