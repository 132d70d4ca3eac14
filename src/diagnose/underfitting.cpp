// Under-fitting because λ is too large: the penalty keeps the weights so small that the network
// does not even fit the training images. All of these must hold:
//   the training loss at the end is above `unlearnt` of that of a network that gives every image
//   the same, and the validation loss is at most a tenth higher
//   the penalty had the time to act on all its kernels: steps * shrink >= 1 (an e-fold). If
//   gradients vanish, even a tiny penalty shrinks the weights that they do not reach, and the
//   network would not learn better without it
//   the penalty limits the weights: its share in their movement is at least `held` (one half if
//   penalty and data balance, less because of the noise of batches), or they are below `small` of
//   the size of Glorot's initialisation, sqrt(2 n / (fan_in + fan_out)) for n weights (Glorot and
//   Bengio, 2010), with which the signal vanishes from layer to layer

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double unlearnt = 0.6;
constexpr double held = 0.3;
constexpr double small = 0.3;  // two such layers leave less than a tenth of the signal

}  // namespace

Verdicts under_fitting(const Record& record) {
  const Epoch& last = record.epochs.back();
  const double loss = last.train.data_loss, untrained = untrained_loss(record);
  if (!(loss > unlearnt * untrained) || last.statistics.parameters.empty()) return {};
  if (last.validation && last.validation->data_loss > 1.1 * loss) return {};
  if (!penalty_acted_everywhere(record)) return {};

  Verdict verdict{.kind = "under-fitting", .severity = Severity::problem};
  double strongest = 0, smallest = 1, most_folds = 0;
  for (const std::size_t p : penalised(record)) {
    if (record.layout.parameters[p].spec.role != Role::kernel) continue;
    const double pulled = penalty_share(record, p), size = size_at_end(record, p);
    if (pulled < held && size > small) continue;
    verdict.layers.push_back(layer_of(record, p));
    strongest = std::max(strongest, pulled);
    smallest = std::min(smallest, size);
    most_folds = std::max(most_folds, folds(record, p));
  }
  if (verdict.layers.empty()) return {};
  verdict.sentence = fmt::format(
      "It under-fits because λ is too large: the training loss is {:.4g} at the end, and {:.4g} "
      "without having learnt anything, while the penalty keeps the weights small.",
      loss, untrained);
  verdict.evidence = {{"training loss at the end", loss},
                      {"loss without learning", untrained},
                      {"penalty's share", strongest},
                      {"smallest norm over Glorot's", smallest},
                      {"e-folds of shrinking", most_folds}};
  verdict.advice = weaker_penalty(record);
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
