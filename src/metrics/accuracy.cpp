// Accuracy: the share of images whose most probable class is the true one. With labels: of images
// all of whose labels are right. An image whose output has a NaN counts as wrong.

#include <algorithm>

#include "metrics/kind.hpp"
#include "metrics/mean.hpp"

namespace ridgeline::metrics {
namespace {

class Accuracy final : public MeanMetric {
 public:
  std::string name() const override { return "accuracy"; }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    return {target::class_index, target::probabilities, target::labels};
  }
  bool needs_probabilities(std::string_view target) const override {
    return target == target::labels;
  }
  MetricPtr fresh() const override { return std::make_unique<Accuracy>(); }

 protected:
  double of_image(const Batch& batch, std::size_t image) const override {
    const auto output = batch.output(image);
    const bool right = batch.multi_label()
                           ? std::ranges::equal(output, batch.target(image), {},
                                                [](float p) { return p > 0.5f ? 1.0f : 0.0f; })
                           : predicted_class(output) == batch.true_class(image);
    return right && predicted_class(output) >= 0 ? 1 : 0;
  }
};

}  // namespace

MetricPtr make_accuracy(const Attributes& options) {
  no_options("accuracy", options);
  return std::make_unique<Accuracy>();
}

}  // namespace ridgeline::metrics
