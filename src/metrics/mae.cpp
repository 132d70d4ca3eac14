// Mean absolute error: over images and values.

#include <cmath>

#include "metrics/mean.hpp"

namespace ridgeline::metrics {
namespace {

class Mae final : public MeanMetric {
 public:
  std::string name() const override { return "mae"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override { return {values_tensor}; }
  MetricPtr fresh() const override { return std::make_unique<Mae>(); }

 protected:
  double of_image(const Batch& batch, std::size_t image) const override {
    const auto output = batch.output(image);
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
      sum += std::abs(output[i] - batch.target(image, i));
    }
    return sum / static_cast<double>(output.size());
  }
};

}  // namespace

MetricPtr make_mae(const Attributes&) {
  return std::make_unique<Mae>();
}

}  // namespace ridgeline::metrics
