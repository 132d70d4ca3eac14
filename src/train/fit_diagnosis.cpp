// What the training loop keeps and concludes for the diagnosis.

#include "diagnose/verdicts.hpp"
#include "interop/atomic_file.hpp"
#include "train/diagnosis_csv.hpp"
#include "train/divergence.hpp"
#include "train/fit.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {

void Fit::begin_diagnosis() {
  if (!options_.run.empty()) std::filesystem::remove(file(diverged_name));  // of an attempt before
  diagnosis_csv_ = diagnosis_header();
  for (const Epoch& epoch : position_.history.epochs) add_diagnosis(epoch);
}

void Fit::add_diagnosis(const Epoch& epoch) {
  diagnosis_csv_ += parameter_lines(epoch, core_.layout()) + layer_lines(epoch, core_.network());
}

// A last look at the activations, of the last epoch's weights, and the verdicts.
void Fit::end_diagnosis() {
  if (!probe_) return;
  Epoch& last = position_.history.epochs.back();
  if (last.statistics.activations.empty()) {
    const AveragedWeights weights(core_.state, position_.average);
    last.statistics.activations = probe_->look();
    diagnosis_csv_ += layer_lines(last, core_.network());
    if (!options_.run.empty()) interop::write_file(file("diagnosis.csv"), diagnosis_csv_);
  }
  position_.history.verdicts = diagnose::verdicts(
      {core_.network(), core_.layout(), core_.loss().kind(), position_.history.epochs});
}

void Fit::keep_statistics(const engine::UpdateReport& report) {
  if (!probe_) return;
  add_step(position_.statistics, of_step(report, rule_));
}

}  // namespace ridgeline::train
