#pragma once
// The metric that decides which epoch is the best.

#include <string>
#include <string_view>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// "accuracy" of "val_accuracy". Throws UsageError for a monitor that does not begin with val_ or
/// train_.
std::string monitored_metric(std::string_view monitor);
/// Whether it is data_loss, penalty or objective.
bool is_loss(std::string_view metric);

class Monitor {
 public:
  /// "val_" or "train_" and the name of a loss, or of one of the metrics that are measured. Throws
  /// UsageError for any other.
  Monitor(std::string_view name, const std::vector<MetricValue>& measured);

  bool on_validation() const { return validation_; }
  /// Whether it is measured: training metrics always are.
  bool available(bool has_validation) const { return has_validation || !validation_; }
  /// Whether an epoch is strictly better. NaN is never better.
  bool better(const Epoch& epoch, const Epoch& than) const;

 private:
  double value(const Epoch& epoch) const;

  bool validation_;
  std::string metric_;
  bool higher_is_better_ = false;
};

}  // namespace ridgeline::train
