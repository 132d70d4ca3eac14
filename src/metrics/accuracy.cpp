// Accuracy: the share of images whose most probable class is the true one. With labels: the share
// of images whose labels are all right. An image whose output has a NaN counts as wrong.

#include <algorithm>

#include "metrics/mean.hpp"

namespace ridgeline::metrics {
namespace {

class Accuracy final : public MeanMetric {
 public:
  std::string name() const override { return "accuracy"; }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  bool needs_probabilities(std::string_view target) const override {
    return target == labels_tensor;
  }
  MetricPtr fresh() const override { return std::make_unique<Accuracy>(); }

 protected:
  double of_image(const Batch& batch, std::size_t image) const override {
    const auto output = batch.output(image);
    if (!batch.multi_label()) return predicted_class(output) == batch.true_class(image) ? 1 : 0;
    const auto said = [](float p) { return p > 0.5f ? 1.0f : 0.0f; };
    return !has_nan(output) && std::ranges::equal(output, batch.target(image), {}, said) ? 1 : 0;
  }
};

}  // namespace

MetricPtr make_accuracy(const Attributes&) {
  return std::make_unique<Accuracy>();
}

}  // namespace ridgeline::metrics
