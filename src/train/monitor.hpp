#pragma once
// The number that says which epoch is the best.

#include <string>
#include <string_view>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

class Monitor {
 public:
  /// "val_" or "train_" and the name of a metric. Throws UsageError for any other.
  explicit Monitor(std::string_view name);

  bool on_validation() const { return validation_; }
  /// Whether it can be measured: training metrics always can.
  bool available(bool has_validation) const { return has_validation || !validation_; }
  /// Strictly: lower, but for accuracies higher. A value that is NaN is never better.
  bool better(const Epoch& epoch, const Epoch& than) const;

 private:
  double value(const Epoch& epoch) const;

  bool validation_;
  std::string metric_;
};

}  // namespace ridgeline::train
