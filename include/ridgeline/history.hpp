#pragma once
// What a training leaves: the numbers of each epoch, and what follows from them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/diagnosis.hpp"
#include "ridgeline/metric.hpp"

namespace ridgeline {

/// Data loss, penalty and objective, always kept apart, and the metrics of a set of images.
struct Metrics {
  double data_loss = 0;
  double penalty = 0;
  double objective = 0;  ///< data_loss + penalty
  std::int64_t images = 0;
  double data_loss_error = 0;  ///< standard error over the images; 0 for training images
  /// The metrics. Tables show the first one.
  std::vector<MetricValue> values;

  // Filled by evaluate alone.
  struct PerClass {
    std::string metric;
    std::vector<double> values;  ///< of each class or label; NaN if not defined
    friend bool operator==(const PerClass&, const PerClass&) = default;
  };
  std::vector<PerClass> per_class;  ///< the metrics that have a value for each class
  /// confusion[truth][prediction], in images; empty if targets are not classes.
  std::vector<std::vector<std::int64_t>> confusion;

  /// A value by its name: "data_loss", "accuracy", ... Throws UsageError for a name that was not
  /// measured.
  double value(std::string_view name) const;
  /// Its standard error; NaN if not known. Throws as value().
  double standard_error(std::string_view name) const;
  /// One of `values`, or null.
  const MetricValue* find(std::string_view name) const;
};

struct Epoch {
  int epoch = 0;  ///< 1 for the first
  double seconds = 0;
  double images_per_second = 0;
  double learning_rate = 0;
  double l2 = 0;  ///< `regularize.l2` at the epoch's last step
  /// The norm of what decoupled decay (`decay` and `independent_decay`) took off the weights in a
  /// step: the mean over the epoch. It is not part of the penalty.
  double decay_shrink = 0;
  Metrics train;  ///< means over the images, each measured in its step before the update
  std::optional<Metrics> validation;
  EpochStatistics statistics;
};

struct History {
  std::vector<Epoch> epochs;
  int best_epoch = 0;  ///< by the monitor; the last one without validation; 0 before the first
  bool interrupted = false;       ///< by FitOptions::stop or on_step
  bool stopped_early = false;     ///< by the patience or on_epoch
  std::vector<Verdict> verdicts;  ///< of all epochs; empty after an interruption
  /// Set by load_history if the training diverged: the sentence of the DivergedError, and the epoch
  /// that was broken off, without validation.
  std::string diverged;
  std::optional<Epoch> broken_off;
  const Epoch& best() const { return epochs.at(static_cast<std::size_t>(best_epoch) - 1); }
};

}  // namespace ridgeline
