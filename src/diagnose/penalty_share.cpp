// A penalty that dominates: it is more than `dominant` of the objective in at least half of the
// epochs, and the data is not fitted yet (the data loss is above a tenth of that of an untrained
// network), so training minimises mainly the penalty. A penalty that never moves anything: its
// share of a step does not reach `idle_share` in any layer, and the whole training shrinks no
// weights by 1 %.

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double dominant = 0.5;
constexpr double grown = 4;          // without a penalty a training ends between 1 and 3
constexpr double idle_share = 1e-3;  // far below the noise of batches
constexpr double idle_folds = 0.01;  // less than the last digit that a run shows

// If the weights have grown, the penalty is large because of that, and a weaker one does not help.
bool weights_have_grown(const Record& record) {
  return std::ranges::any_of(trained_kernels(record),
                             [&](std::size_t p) { return size_at_end(record, p) > grown; });
}

Verdicts dominating(const Record& record) {
  double share = 0, highest = 0;
  std::size_t epochs = 0;
  for (const Epoch& epoch : record.epochs) {
    const Metrics& train = epoch.train;
    if (!(train.objective > 0)) continue;
    const double of_epoch = train.penalty / train.objective;
    share += of_epoch / static_cast<double>(record.epochs.size());
    highest = std::max(highest, of_epoch);
    epochs += of_epoch > dominant && train.data_loss > 0.1 * untrained_loss(record);
  }
  if (2 * epochs < record.epochs.size() || epochs == 0) return {};
  Verdict verdict{.kind = "penalty-dominates", .severity = Severity::warning};
  verdict.sentence = fmt::format(
      "The penalty dominates: it is more than half of the objective in {} of {} epochs, while the "
      "data is not fitted.",
      epochs, record.epochs.size());
  verdict.evidence = {
      {"penalty's share of the objective, mean", share},
      {"highest", highest},
      {"at the end", record.epochs.back().train.penalty / record.epochs.back().train.objective}};
  if (!weights_have_grown(record)) verdict.advice = weaker_penalty_in_objective(record);
  return {std::move(verdict)};
}

struct Idleness {
  double strongest = 0, most_folds = 0;
  bool idle() const { return strongest < idle_share && most_folds < idle_folds; }
};

Idleness idleness(const Record& record) {
  Idleness most;
  for (const std::size_t p : penalised(record)) {
    most.strongest = std::max(most.strongest, penalty_share(record, p));
    most.most_folds = std::max(most.most_folds, folds(record, p));
  }
  return most;
}

Verdicts idle(const Record& record) {
  if (!penalty_is_idle(record)) return {};
  const auto [strongest, most_folds] = idleness(record);
  Verdict verdict{.kind = "penalty-never-moves", .severity = Severity::note};
  verdict.sentence = fmt::format(
      "The penalty has no effect: its largest share in the movement of weights is {:.2g} %, and it "
      "has shrunk no kernel by more than {:.2g} %: with "
      "a strength of 0 the result would be the same.",
      100 * strongest, 100 * most_folds);
  verdict.evidence = {{"penalty's share", strongest}, {"e-folds of shrinking", most_folds}};
  return {std::move(verdict)};
}

}  // namespace

bool penalty_is_idle(const Record& record) {
  return !penalised(record).empty() && idleness(record).idle();
}

Verdicts penalty_size(const Record& record) {
  Verdicts found = dominating(record);
  std::ranges::move(idle(record), std::back_inserter(found));
  return found;
}

}  // namespace ridgeline::diagnose
