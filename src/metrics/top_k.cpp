// Top-k accuracy: the share of images whose true class is among the k most probable ones. Of equal
// outputs, the first ones count as more probable. An image whose output has a NaN counts as wrong.

#include "metrics/mean.hpp"
#include "network/options.hpp"

namespace ridgeline::metrics {

struct TopKOptions {
  std::int64_t k = 5;
};

}  // namespace ridgeline::metrics

template <>
inline constexpr auto ridgeline::network::fields<ridgeline::metrics::TopKOptions> =
    std::tuple(option("k", &ridgeline::metrics::TopKOptions::k,
                      "how many classes the true one may be among", ridgeline::limits::count(1)));

namespace ridgeline::metrics {
namespace {

class TopK final : public MeanMetric {
 public:
  explicit TopK(std::int64_t k) : k_(k) {}
  std::string name() const override { return fmt::format("top{}", k_); }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor};
  }
  MetricPtr fresh() const override { return std::make_unique<TopK>(k_); }

 protected:
  double of_image(const Batch& batch, std::size_t image) const override {
    const auto output = batch.output(image);
    const auto k = static_cast<std::size_t>(k_);
    if (has_nan(output)) return 0;
    if (batch.classes() <= k) return 1;
    const auto truth = static_cast<std::size_t>(batch.true_class(image));
    if (batch.width() == 1) return predicted_class(output) == batch.true_class(image) ? 1 : 0;
    std::size_t before = 0;
    for (std::size_t c = 0; c < output.size(); ++c) {
      before += c < truth ? output[c] >= output[truth] : output[c] > output[truth];
    }
    return before < k ? 1 : 0;
  }

 private:
  std::int64_t k_;
};

}  // namespace

std::vector<Option> top_k_options() {
  return network::options_of<TopKOptions>();
}
MetricPtr make_top_k(const Attributes& options) {
  return std::make_unique<TopK>(options.integer("k"));
}

}  // namespace ridgeline::metrics
