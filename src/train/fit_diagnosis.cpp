// The statistics and verdicts of the training loop.

#include <fmt/format.h>

#include "diagnose/verdicts.hpp"
#include "tensor/atomic_file.hpp"
#include "train/diagnosis_csv.hpp"
#include "train/divergence.hpp"
#include "train/experiment_file.hpp"
#include "train/fit.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {
namespace {

constexpr const char* steps_name = "steps.csv";

void remove_old(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::remove(file, error);
  if (!error) return;
  throw ResourceError(fmt::format("{} of an earlier training cannot be removed: {}", file.string(),
                                  error.message()));
}

}  // namespace

void Fit::begin_diagnosis() {
  if (!options_.run.empty()) {
    // Files of an earlier attempt that wrote no checkpoint or diverged after it.
    remove_old(file(diverged_name));
    for (const char* name : {steps_name, "history.csv", "diagnosis.csv"}) {
      if (updates() == 0) remove_old(file(name));
    }
    if (probe_ && options_.log_every > 0) {
      steps_.emplace(file(steps_name), options_.log_every);
      steps_->begin(updates());
    }
  }
  diagnosis_csv_ = diagnosis_header();
  for (const Epoch& epoch : position_.history.epochs) add_diagnosis(epoch);
}

void Fit::add_diagnosis(const Epoch& epoch) {
  diagnosis_csv_ += parameter_lines(epoch, core_.layout()) + layer_lines(epoch, core_.network());
}

// Measures activations with the last epoch's weights, and gives the verdicts.
void Fit::end_diagnosis() {
  if (!probe_) return;
  Epoch& last = position_.history.epochs.back();
  if (last.statistics.activations.empty()) {
    const AveragedWeights weights(core_.state, position_.average);
    last.statistics.activations = probe_->look();
    diagnosis_csv_ += layer_lines(last, core_.network());
    if (!options_.run.empty()) write_file(file("diagnosis.csv"), diagnosis_csv_);
  }
  position_.history.verdicts = diagnose::verdicts({.network = core_.network(),
                                                   .layout = core_.layout(),
                                                   .loss = core_.loss().kind(),
                                                   .epochs = position_.history.epochs,
                                                   .regularize = core_.options.regularize,
                                                   .experiment = experiment_file(options_.run)});
}

void Fit::keep_statistics(const engine::UpdateReport& report) {
  if (!probe_) return;
  const StepStatistics step{.step = updates() + 1,
                            .epoch = static_cast<int>(position_.epoch) + 1,
                            .parameters = of_step(report, rule_)};
  add_step(position_.statistics, step.parameters);
  if (steps_) steps_->add(step, core_.layout());
  if (options_.callbacks.on_update) options_.callbacks.on_update(step);
}

std::int64_t Fit::updates() const {
  if (full_batch_) return position_.epoch + position_.step / loader_->batches();
  return position_.epoch * loader_->batches() + position_.step;
}

}  // namespace ridgeline::train
