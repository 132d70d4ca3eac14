// What a training says and leaves that diverges.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "diagnose/verdicts.hpp"
#include "interop/atomic_file.hpp"
#include "train/divergence.hpp"
#include "train/fit.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {
namespace {

const char* in_words(double value) {
  return std::isnan(value) ? "nan" : "infinite";
}

}  // namespace

void Fit::check_finite(double value, const char* what) const {
  if (std::isfinite(value)) return;
  throw DivergedError(fmt::format(
      "training diverged in epoch {}, step {} of {}: the {} is {} at a learning rate of {}; {}",
      position_.epoch + 1, position_.step + 1, loader_->batches(), what, in_words(value),
      rule_.learning_rate, remedy()));
}

void Fit::check_validation(const Epoch& epoch) const {
  const double loss = epoch.validation->data_loss;
  if (std::isfinite(loss)) return;
  throw DivergedError(
      fmt::format("training diverged in epoch {}: the validation data loss is {}; {}", epoch.epoch,
                  in_words(loss), remedy()));
}

std::string Fit::remedy() const {
  double l2 = 0, decay = 0, independent = 0;
  for (const Penalty& penalty : rule_.penalties) {
    l2 = std::max(l2, penalty.l2);
    decay = std::max(decay, penalty.decay);
    independent = std::max(independent, penalty.independent_decay);
  }
  // A step that shrinks a weight by more than itself turns it over, and lets it grow.
  const auto overshoots = [&](double strength) {
    return rule_.learning_rate < 1 && strength * rule_.learning_rate > 1;
  };
  if (independent > 1) {
    return fmt::format(
        "regularize.independent_decay is {:g} and should be far below 1: try a lower one",
        independent);
  }
  const char* key = overshoots(decay) ? "regularize.decay" : "regularize.l2";
  if (overshoots(decay) || overshoots(l2)) {
    return fmt::format(
        "{} times the learning rate is {:g} and should be far below 1: try a lower {}", key,
        (overshoots(decay) ? decay : l2) * rule_.learning_rate, key);
  }
  return "try a lower optimizer.learning_rate, or optimizer.clip_norm = 1";
}

DivergedError Fit::diverged(const std::string& sentence) {
  if (!probe_) return DivergedError(sentence);
  std::vector<Epoch> epochs = position_.history.epochs;
  epochs.push_back({.epoch = static_cast<int>(epochs.size()) + 1,
                    .learning_rate = rule_.learning_rate,
                    .train = position_.sums.means(),
                    .statistics = means(position_.statistics)});
  if (!options_.run.empty()) {
    add_diagnosis(epochs.back());
    interop::write_file(file("diagnosis.csv"), diagnosis_csv_);
    if (steps_) steps_->write();
    save_diverged(core_, file(diverged_name), {sentence, rule_.learning_rate});
  }
  return DivergedError(sentence, diagnose::verdicts({.network = core_.network(),
                                                     .layout = core_.layout(),
                                                     .loss = core_.loss().kind(),
                                                     .epochs = epochs,
                                                     .diverged = true}));
}

}  // namespace ridgeline::train
