#pragma once
// Checks that the metrics which judge an experiment can be measured on its images.

#include <string>

#include "experiment/experiment.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::experiment {

/// Throws UsageError if train.metrics, or the key `name` whose value is `metric`
/// ("val_accuracy"), names a metric that images of this task do not have; it suggests the nearest.
void check_metrics(const Experiment& experiment, const Dataset& train, const std::string& name,
                   const std::string& metric);

}  // namespace ridgeline::experiment
