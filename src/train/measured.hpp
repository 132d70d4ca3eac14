#pragma once
// The metrics that are measured on a model's images, and their inputs.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/set.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// What metrics depend on.
struct Measuring {
  const Network& network;
  const Loss& loss;
  const Dataset& data;
};

/// The task that the images are learnt and measured as; "classify" for images without targets.
const Task& task_of(const Measuring& measuring);

/// What is measured on the images of every epoch: the default metrics, those of `options`, and the
/// one that its monitor names. Throws UsageError for one that does not fit the targets.
metrics::MetricSet measured_in_training(const Measuring& measuring, const FitOptions& options);
/// For an evaluation: the default metrics and those of `options`. Throws as above.
metrics::MetricSet measured_in_evaluation(const Measuring& measuring,
                                          const EvaluateOptions& options);
/// The options plus a metric, if it is a known kind and not measured yet.
FitOptions also_measuring(std::string_view metric, FitOptions options, const Measuring& measuring);

/// Adds the images of a batch: `outputs` is what the loss's head gave for them.
void add(metrics::MetricSet& set, const ModelCore& core, const Tensors& outputs,
         const Targets& targets);

/// Adds the details of each metric to `metrics`.
void add_details(const metrics::MetricSet& set, Metrics& metrics);

}  // namespace ridgeline::train
