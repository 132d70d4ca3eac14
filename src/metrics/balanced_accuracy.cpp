// Balanced accuracy: the mean over classes of the recall. Classes without images do not count.

#include "metrics/confusion.hpp"
#include "metrics/kind.hpp"

namespace ridgeline::metrics {
namespace {

class BalancedAccuracy final : public Metric {
 public:
  std::string name() const override { return "balanced_accuracy"; }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor};
  }
  bool quick() const override { return false; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    confusion_.add(Batch(outputs, targets, *this));
  }
  void merge(const Metric& other) override {
    confusion_.merge(dynamic_cast<const BalancedAccuracy&>(other).confusion_);
  }
  double value() const override {
    double sum = 0, classes = 0;
    for (const auto& c : confusion_.totals()) {
      if (!(c.truth > 0)) continue;
      sum += c.hits / c.truth;
      ++classes;
    }
    return classes > 0 ? sum / classes : 0;
  }
  double standard_error() const override {
    const auto totals = confusion_.totals();
    double classes = 0;
    for (const auto& c : totals) classes += c.truth > 0;
    return confusion_.standard_error([&](std::int32_t truth, std::int32_t predicted) {
      const auto& c = totals[static_cast<std::size_t>(truth)];
      if (!(c.truth > 0)) return 0.0;
      return ((truth == predicted) - c.hits / c.truth) / c.truth / classes;
    });
  }
  MetricDetails details() const override { return {.confusion = confusion_.matrix()}; }
  void clear() override { confusion_.clear(); }
  MetricPtr fresh() const override { return std::make_unique<BalancedAccuracy>(); }
  std::vector<double> state() const override {
    std::vector<double> state;
    confusion_.append_to(state);
    return state;
  }
  void restore(std::span<const double> state) override {
    StateReader reader(state, "balanced_accuracy");
    confusion_.restore(reader);
    reader.end();
  }

 private:
  Confusion confusion_;
};

}  // namespace

MetricPtr make_balanced_accuracy(const Attributes& options) {
  no_options("balanced_accuracy", options);
  return std::make_unique<BalancedAccuracy>();
}

}  // namespace ridgeline::metrics
