// Over-fitting: what is learnt of the training images no longer helps with others. With t and v the
// data losses of training and validation, b the epoch of the lowest v, and s the standard error of
// v over the images:
//   it gets worse  the mean of v over the last epochs behind b lies above v_b by more than
//                  `rise` * v_b and 2 s, while t has fallen on
//   it is wide     v - t at the end is more than `wide` * v and 4 s, since the epoch from which on
//                  that was so
// (Prechelt, "Early stopping - but when?", 1998, measures the first as a generalisation loss of so
// many per cent. t is a mean over the epoch, in which the network was worse: the gap is rather
// under- than overestimated.)

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double rise = 0.05;           // Prechelt's middle threshold
constexpr double wide = 0.6;            // v is 2.5 t: an error mostly of images that were not seen
constexpr std::size_t last_epochs = 3;  // one epoch's validation loss goes up and down

double gap(const Epoch& epoch) {
  return epoch.validation->data_loss - epoch.train.data_loss;
}

bool is_wide(const Epoch& epoch) {
  return gap(epoch) > wide * epoch.validation->data_loss &&
         gap(epoch) > 4 * epoch.validation->data_loss_error;
}

double trend(std::span<const Epoch> epochs) {
  std::vector<double> gaps;
  for (const Epoch& epoch : epochs) gaps.push_back(gap(epoch));
  return slope(gaps);
}

constexpr const char* advice =
    "take the best epoch's weights (train.patience stops there), raise regularize.l2 (`ridgeline "
    "select` chooses it), use data.augment or dropout, or a smaller network";

}  // namespace

Verdicts over_fitting(const Record& record) {
  const auto epochs = record.epochs;
  const bool validated =
      std::ranges::all_of(epochs, [](const Epoch& e) { return e.validation.has_value(); });
  if (!validated) return {};
  const auto best = static_cast<std::size_t>(
      std::ranges::min_element(epochs, {}, [](const Epoch& e) { return e.validation->data_loss; }) -
      epochs.begin());
  const Epoch &lowest = epochs[best], &last = epochs.back();
  const std::size_t behind = std::min(last_epochs, epochs.size() - 1 - best);
  double validation = 0;
  for (const Epoch& epoch : epochs.last(behind)) {
    validation += epoch.validation->data_loss / static_cast<double>(behind);
  }
  const double risen = validation - lowest.validation->data_loss;
  const bool worse = behind > 0 && last.train.data_loss < lowest.train.data_loss &&
                     risen > rise * lowest.validation->data_loss &&
                     risen > 2 * last.validation->data_loss_error;
  if (!worse && !is_wide(last)) return {};

  std::size_t since = best + 1;
  if (!worse) {
    since = epochs.size() - 1;
    while (since > 0 && is_wide(epochs[since - 1])) --since;
  }
  const Epoch& from = epochs[since];
  Verdict verdict{.kind = "over-fitting",
                  .severity = worse ? Severity::warning : Severity::note,
                  .advice = advice};
  verdict.sentence =
      worse
          ? fmt::format(
                "It over-fits since epoch {}: the validation loss rose from {:.4g} to {:.4g} while "
                "the training loss fell from {:.4g} to {:.4g}.",
                from.epoch, lowest.validation->data_loss, validation, lowest.train.data_loss,
                last.train.data_loss)
          : fmt::format(
                "The validation loss, {:.4g}, is far above the training loss, {:.4g}, since epoch "
                "{}, though it does not rise.",
                last.validation->data_loss, last.train.data_loss, from.epoch);
  verdict.evidence = {{"since epoch", static_cast<double>(from.epoch)},
                      {"gap then", gap(worse ? lowest : from)},
                      {"gap at the end", gap(last)},
                      {"gap's growth per epoch", trend(epochs.subspan(worse ? best : since))},
                      {"lowest validation loss", lowest.validation->data_loss},
                      {"validation loss at the end", last.validation->data_loss}};
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
