#pragma once
// The metrics that are measured together on one set of images.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

/// The function that turns the first output into probabilities.
enum class Link { none, softmax, sigmoid };

class MetricSet {
 public:
  MetricSet() = default;
  /// Lines as make_metric takes them. Repeated names count once. Throws UsageError for a
  /// metric that is not measured on targets of this name.
  MetricSet(std::span<const std::string> lines, std::string_view target);

  MetricSet fresh() const;
  bool empty() const { return metrics_.empty(); }
  /// The name of the targets that are measured.
  std::string_view target() const { return target_; }
  bool has(std::string_view name) const;
  const std::vector<MetricPtr>& metrics() const { return metrics_; }

  /// `link` is applied to the first output for metrics that need probabilities.
  void add(const Tensors& outputs, const Tensors& targets, Link link);
  void clear();
  /// With `quick_only`, slow metrics have the value NaN.
  std::vector<MetricValue> values(bool quick_only = false) const;
  /// As values() before any images were added.
  std::vector<MetricValue> names() const;

  /// The states of all metrics, each with its length before it. restore() throws DataError.
  std::vector<double> state() const;
  void restore(std::span<const double> state);

 private:
  std::string target_;
  std::vector<MetricPtr> metrics_;
  std::vector<float> probabilities_;  // of a batch
};

}  // namespace ridgeline::metrics
