// The error and the files of a training that diverges.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "diagnose/verdicts.hpp"
#include "ridgeline/penalty_keys.hpp"
#include "tensor/atomic_file.hpp"
#include "train/divergence.hpp"
#include "train/experiment_file.hpp"
#include "train/finite.hpp"
#include "train/fit.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {

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

void Fit::check_weights() const {
  const auto found = not_finite(core_.state);
  if (!found) return;
  throw DivergedError(fmt::format("training diverged in epoch {}: {} at a learning rate of {}; {}",
                                  position_.epoch + 1, *found, rule_.learning_rate, remedy()));
}

std::string Fit::remedy() const {
  const auto overshoot = this->overshoot();
  if (!overshoot) return "try a lower optimizer.learning_rate, or optimizer.clip_norm = 1";
  return fmt::format(
      "regularize.{0} takes {1:g} times the weights of {2} off in a step, which should be far "
      "below 1: try a lower regularize.{0}",
      overshoot->key, overshoot->share, overshoot->layer);
}

// The strongest penalty that makes weights grow, unless the learning rate is absurd.
std::optional<diagnose::Overshoot> Fit::overshoot() const {
  constexpr double turns_over_and_grows = 2;
  const double rate = rule_.learning_rate < 1 ? rule_.learning_rate : 0;
  const std::array shares{std::pair(&Penalty::l2, rate),
                          std::pair(&Penalty::decay, rate),
                          std::pair(&Penalty::independent_decay, rule_.rate_share),
                          std::pair(&Penalty::l2_sp, rate),
                          std::pair(&Penalty::orthogonal, rate),
                          std::pair(&Penalty::spectral, rate)};
  std::optional<diagnose::Overshoot> found;
  const auto& parameters = core_.layout().parameters;
  for (std::size_t p = 0; p < rule_.penalties.size(); ++p) {
    if (core_.state.frozen[p]) continue;
    for (const PenaltyKey& key : penalty_keys) {
      const auto* const of =
          std::ranges::find(shares, key.strength, &decltype(shares)::value_type::first);
      if (of == shares.end()) continue;
      const double share = of->second * rule_.penalties[p].*key.strength;
      if (share < turns_over_and_grows || (found && share <= found->share)) continue;
      const auto node = static_cast<std::size_t>(parameters[p].node);
      found = {std::string(key.name), share, core_.network().nodes()[node].name};
    }
  }
  return found;
}

// Writes as many of its files as possible. A failure must not hide the divergence.
DivergedError Fit::diverged(const std::string& sentence) {
  if (!probe_) return DivergedError(sentence);
  std::vector<Epoch> epochs = position_.history.epochs;
  epochs.push_back({.epoch = static_cast<int>(epochs.size()) + 1,
                    .learning_rate = rule_.learning_rate,
                    .train = training_metrics(position_.sums, false),
                    .statistics = means(position_.statistics)});
  const Divergence divergence{sentence, rule_.learning_rate, overshoot()};
  DivergedError error(sentence, diagnose::verdicts({.network = core_.network(),
                                                    .layout = core_.layout(),
                                                    .loss = core_.loss().kind(),
                                                    .epochs = epochs,
                                                    .diverged = true,
                                                    .overshoot = divergence.overshoot,
                                                    .regularize = core_.options.regularize,
                                                    .experiment = experiment_file(options_.run)}));
  if (options_.run.empty()) return error;
  add_diagnosis(epochs.back());
  try {
    write_file(file("diagnosis.csv"), diagnosis_csv_);
    if (steps_) steps_->write();
    save_diverged(core_, file(diverged_name), divergence);
  } catch (const ResourceError&) {
  }
  return error;
}

}  // namespace ridgeline::train
