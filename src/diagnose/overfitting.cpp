// Over-fitting: the network still improves on training images, but no longer on others. t and v are
// the data losses of training and validation, b is the epoch of the lowest v, and s is the standard
// error of v over the images:
//   it gets worse  in all of the last two or three epochs after b, v is above v_b by more than
//                  `rise` * v_b and 2 s, while t was still falling
//   it is wide     v - t at the end is more than `wide` * v and 4 s; the verdict names the epoch
//                  where this began
// (Prechelt, "Early stopping - but when?", 1998, measures the first as a generalisation loss in per
// cent. t is a mean over the epoch, in which the network was worse at first. So the gap is
// underestimated rather than overestimated.)

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double rise = 0.05;  // Prechelt's middle threshold
constexpr double wide = 0.6;   // v is 2.5 t: an error mostly of images that were not seen
constexpr std::size_t fewest_epochs = 2, most_epochs = 3;  // one epoch may be chance

double validation_loss(const Epoch& epoch) {
  return epoch.validation->data_loss;
}

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

}  // namespace

Verdicts over_fitting(const Record& record) {
  const auto epochs = record.epochs;
  const bool validated =
      std::ranges::all_of(epochs, [](const Epoch& e) { return e.validation.has_value(); });
  if (!validated) return {};
  const auto best = static_cast<std::size_t>(std::ranges::min_element(epochs, {}, validation_loss) -
                                             epochs.begin());
  const Epoch &lowest = epochs[best], &last = epochs.back();
  const std::size_t after_best = epochs.size() - 1 - best;
  double risen = 0;
  if (after_best >= fewest_epochs) {
    const auto at_the_end = epochs.last(std::min(after_best, most_epochs));
    risen = std::ranges::min(at_the_end | std::views::transform(validation_loss)) -
            lowest.validation->data_loss;
  }
  const bool worse = last.train.data_loss < lowest.train.data_loss &&
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
                  .advice = averaged_weights(record)};
  verdict.sentence =
      worse
          ? fmt::format(
                "It over-fits since epoch {}: the validation loss rose from {:.4g} to {:.4g} while "
                "the training loss fell from {:.4g} to {:.4g}.",
                from.epoch, lowest.validation->data_loss, last.validation->data_loss,
                lowest.train.data_loss, last.train.data_loss)
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
