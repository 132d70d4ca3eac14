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

/// The three numbers that are always kept apart, and the metrics, of one set of images.
struct Metrics {
  double data_loss = 0;
  double penalty = 0;
  double objective = 0;  ///< data_loss + penalty
  std::int64_t images = 0;
  double data_loss_error = 0;  ///< standard error over the images; of training images 0
  /// What is measured beside the loss; tables show the first.
  std::vector<MetricValue> values;

  // Filled by evaluate alone.
  struct PerClass {
    std::string metric;
    std::vector<double> values;  ///< of each class or label; NaN: not defined
    friend bool operator==(const PerClass&, const PerClass&) = default;
  };
  std::vector<PerClass> per_class;  ///< of the metrics that have values for each class
  /// confusion[truth][prediction], in images; empty where targets are no classes.
  std::vector<std::vector<std::int64_t>> confusion;

  /// "data_loss", "accuracy", ... Throws UsageError for a name that was not measured.
  double value(std::string_view name) const;
  /// Likewise; 0 where none is known.
  double standard_error(std::string_view name) const;
  /// One of `values`; null for a name that is not there.
  const MetricValue* find(std::string_view name) const;
};

struct Epoch {
  int epoch = 0;  ///< 1 for the first
  double seconds = 0;
  double images_per_second = 0;
  double learning_rate = 0;
  double l2 = 0;  ///< the base at the epoch's last step
  /// What decoupled decay, independent_decay too, took off in a step: the norm, its mean over the
  /// epoch.
  /// It is no part of the penalty.
  double decay_shrink = 0;
  Metrics train;  ///< image-weighted means over the steps, each before its update
  std::optional<Metrics> validation;
  EpochStatistics statistics;
};

struct History {
  std::vector<Epoch> epochs;
  int best_epoch = 0;             ///< by the monitor; without validation the last; 0: none is done
  bool interrupted = false;       ///< by FitOptions::stop or on_step: the model is as it was left
  bool stopped_early = false;     ///< by the patience or on_epoch
  std::vector<Verdict> verdicts;  ///< of all epochs; interrupted: none yet
  /// Where load_history reads of a training that diverged: the sentence of its DivergedError, and
  /// how far the epoch came in which it did, without validation.
  std::string diverged;
  std::optional<Epoch> broken_off;
  const Epoch& best() const { return epochs.at(static_cast<std::size_t>(best_epoch) - 1); }
};

}  // namespace ridgeline
