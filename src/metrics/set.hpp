#pragma once
// The metrics that are measured together on one set of images.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

/// What leads from the first output, as the metrics get it, to probabilities.
enum class Link { none, softmax, sigmoid };

class MetricSet {
 public:
  MetricSet() = default;
  /// Lines as make_metric takes them; a name that comes twice counts once. Throws UsageError for a
  /// metric that is not measured on targets of this name.
  MetricSet(std::span<const std::string> lines, std::string_view target);

  MetricSet fresh() const;
  bool empty() const { return metrics_.empty(); }
  /// The name of the targets that it is for.
  std::string_view target() const { return target_; }
  bool has(std::string_view name) const;
  const std::vector<MetricPtr>& metrics() const { return metrics_; }

  /// `link` is for the first output: metrics that need probabilities get them.
  void add(const Tensors& outputs, const Tensors& targets, Link link);
  void clear();
  /// With `quick_only` NaN for those whose value takes time.
  std::vector<MetricValue> values(bool quick_only = false) const;
  /// As values(), of no images.
  std::vector<MetricValue> names() const;

  /// All metrics' states, each after the number of its numbers. restore() throws DataError.
  std::vector<double> state() const;
  void restore(std::span<const double> state);

 private:
  std::string target_;
  std::vector<MetricPtr> metrics_;
  std::vector<float> probabilities_;  // of a batch
};

}  // namespace ridgeline::metrics
