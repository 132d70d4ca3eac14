#pragma once
// Metrics, such as the accuracy. A metric collects batches and gives one number for all their
// images, with its standard error.
//
//   MetricPtr f1 = make_metric("f1");            // by its kind
//   MetricPtr top3 = make_metric("top_k:3");     // with its option, as in train.metrics
//   for (...) f1->add(outputs, targets);
//   f1->value();

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/targets.hpp"

namespace ridgeline {

/// Further results of a metric.
struct MetricDetails {
  /// The metric of each class or label; NaN if it is not defined. Empty if the metric has none.
  std::vector<double> per_class;
  /// confusion[truth][prediction], in images. Empty if the metric has none.
  std::vector<std::vector<std::int64_t>> confusion;
};

class Metric {
 public:
  virtual ~Metric() = default;

  /// The name in columns and keys: "accuracy", "top5", "f1_macro".
  virtual std::string name() const = 0;
  virtual bool higher_is_better() const = 0;
  /// The names of the target tensors (targets.hpp) that the metric accepts.
  virtual std::vector<std::string_view> measures() const = 0;
  /// Whether the first output must be probabilities, for targets of this name. If not, the metric
  /// also accepts the logits. A single output for two classes is always given as the probability of
  /// the second class.
  virtual bool needs_probabilities([[maybe_unused]] std::string_view target) const { return false; }
  /// Whether value() is quick enough to be called 20 times a second.
  virtual bool quick() const { return true; }

  /// Adds the images of a batch. A row of the first output has one number for each class, label or
  /// value. Weights have the meaning of scikit-learn's sample_weight.
  virtual void add(const Tensors& outputs, const Tensors& targets) = 0;
  /// Adds all images of `other`, a metric of the same kind and options.
  virtual void merge(const Metric& other) = 0;
  /// The metric of all images so far. 0 without images; NaN if it is not defined.
  virtual double value() const = 0;
  /// Over the images; 0 for fewer than two. NaN if there is no formula for it.
  virtual double standard_error() const { return std::numeric_limits<double>::quiet_NaN(); }
  virtual MetricDetails details() const { return {}; }
  /// Forgets all images.
  virtual void clear() = 0;
  /// A metric of the same kind and options, without images.
  virtual std::unique_ptr<Metric> fresh() const = 0;

  /// All sums of the metric, for a checkpoint. restore() sets them again, bit for bit, and throws
  /// DataError for numbers that state() cannot have given.
  virtual std::vector<double> state() const = 0;
  virtual void restore(std::span<const double> state) = 0;
};

using MetricPtr = std::unique_ptr<Metric>;

/// One metric of a set of images.
struct MetricValue {
  std::string name;
  double value = 0;
  double standard_error = 0;  ///< over the images; NaN: not known
  bool higher_is_better = true;
  friend bool operator==(const MetricValue&, const MetricValue&) = default;
};

/// The kinds are listed in docs/metrics.md. Throws UsageError for an unknown kind or option, with
/// the nearest known one, and for a value out of range.
MetricPtr make_metric(std::string_view kind, const Attributes& options);
/// The same from one line, as in train.metrics: "f1", "f1:micro", "ece:bins=20". Several options
/// are separated by commas. The name of a metric with its default options is accepted, too: "top5".
MetricPtr make_metric(std::string_view line);

/// Makes a kind of metric known to make_metric, and so to train.metrics. A value after the colon
/// sets the first of its options; `options` are all of them, checked. Throws UsageError for a kind
/// that is known already. Thread-safe.
using MetricFactory = std::function<MetricPtr(const Attributes& options)>;
void register_metric(Kind kind, MetricFactory factory);
/// All kinds of metrics, the built-in ones first.
std::vector<Kind> metric_kinds();

}  // namespace ridgeline
