// Brier score (Brier, Monthly Weather Review, 1950): the mean over images of
//   sum over classes (p_c - t_c)^2   for three classes or more,
//   (p - t)^2 of the second class    for two classes,
//   mean over labels (p_l - t_l)^2   for labels,
// the conventions of scikit-learn's brier_score_loss.

#include "metrics/mean.hpp"

namespace ridgeline::metrics {
namespace {

class Brier final : public MeanMetric {
 public:
  std::string name() const override { return "brier"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  bool needs_probabilities(std::string_view) const override { return true; }
  MetricPtr fresh() const override { return std::make_unique<Brier>(); }

 protected:
  double of_image(const Batch& batch, std::size_t image) const override {
    const auto output = batch.output(image);
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
      const double d = output[i] - batch.target(image, i);
      sum += d * d;
    }
    if (batch.multi_label()) return sum / static_cast<double>(output.size());
    return output.size() == 2 ? sum / 2 : sum;
  }
};

}  // namespace

MetricPtr make_brier(const Attributes&) {
  return std::make_unique<Brier>();
}

}  // namespace ridgeline::metrics
