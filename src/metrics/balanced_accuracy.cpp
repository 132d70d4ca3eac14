// Balanced accuracy: the mean over classes of the recall. Classes without images do not count.

#include "metrics/confusion.hpp"

namespace ridgeline::metrics {
namespace {

class BalancedAccuracy final : public ConfusionMetric {
 public:
  std::string name() const override { return "balanced_accuracy"; }
  bool higher_is_better() const override { return true; }
  double value() const override {
    double sum = 0, classes = 0;
    for (const auto& c : confusion().totals()) {
      if (!(c.truth > 0)) continue;
      sum += c.hits / c.truth;
      ++classes;
    }
    return classes > 0 ? sum / classes : 0;
  }
  double standard_error() const override {
    const auto totals = confusion().totals();
    double classes = 0;
    for (const auto& c : totals) classes += c.truth > 0;
    return confusion().standard_error([&](std::int32_t truth, std::int32_t predicted) {
      const auto& c = totals[static_cast<std::size_t>(truth)];
      if (!(c.truth > 0)) return 0.0;
      return ((truth == predicted) - c.hits / c.truth) / c.truth / classes;
    });
  }
  MetricDetails details() const override { return {.confusion = confusion().matrix()}; }
  MetricPtr fresh() const override { return std::make_unique<BalancedAccuracy>(); }
};

}  // namespace

MetricPtr make_balanced_accuracy(const Attributes&) {
  return std::make_unique<BalancedAccuracy>();
}

}  // namespace ridgeline::metrics
