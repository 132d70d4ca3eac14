// Expected calibration error (Naeini et al., AAAI 2015; Guo et al., ICML 2017): images are put into
// bins of equal width by the probability of the predicted class, and
//   ece = sum over bins of (weight of bin / weight of all) * |accuracy of bin - mean probability|
// With labels, every label of every image counts on its own, with its probability.
// The standard error treats the sign of each bin's difference as fixed.

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/batch.hpp"
#include "metrics/state.hpp"
#include "network/options.hpp"

namespace ridgeline::metrics {

struct EceOptions {
  std::int64_t bins = 15;
};

}  // namespace ridgeline::metrics

template <>
inline constexpr auto ridgeline::network::fields<ridgeline::metrics::EceOptions> =
    std::tuple(option("bins", &ridgeline::metrics::EceOptions::bins,
                      "how many bins the probabilities are put into",
                      ridgeline::Limits{.least = 1, .most = 100'000}));

namespace ridgeline::metrics {
namespace {

class Ece final : public Metric {
 public:
  explicit Ece(std::int64_t bins) : bins_(static_cast<std::size_t>(bins)) {}

  std::string name() const override { return "ece"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  bool needs_probabilities(std::string_view) const override { return true; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    for (std::size_t i = 0; i < batch.images(); ++i) {
      const auto output = batch.output(i);
      const double w = batch.weight(i);
      if (batch.multi_label()) {
        for (std::size_t l = 0; l < output.size(); ++l) add(output[l], batch.target(i)[l] > 0.5, w);
        continue;
      }
      const std::int32_t said = predicted_class(output);
      if (said < 0) {
        not_defined_ += 1;
        continue;
      }
      const double p = output.size() > 1 ? output[static_cast<std::size_t>(said)] : output[0];
      add(output.size() > 1 || said == 1 ? p : 1 - p, said == batch.true_class(i), w);
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const Ece&>(other);
    not_defined_ += from.not_defined_;
    for (std::size_t b = 0; b < bins_.size(); ++b) {
      for (std::size_t s = 0; s < bins_[b].size(); ++s) bins_[b][s] += from.bins_[b][s];
    }
  }
  double value() const override {
    if (not_defined_ > 0) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0, weight = 0;
    for (const auto& [n, w, wd, ww, wwd, wwdd] : bins_) {
      sum += std::abs(wd);
      weight += w;
    }
    return weight > 0 ? sum / weight : 0;
  }
  double standard_error() const override {
    const double ece = value();
    double squares = 0, weight = 0, count = 0;
    for (const auto& [n, w, wd, ww, wwd, wwdd] : bins_) {
      const double sign = wd < 0 ? -1 : 1;
      squares += wwdd - 2 * ece * sign * wwd + ece * ece * ww;
      weight += w;
      count += n;
    }
    if (count < 2 || !(weight > 0)) return 0;
    return std::sqrt(std::max(squares, 0.0) * count / (count - 1)) / weight;
  }
  void clear() override {
    not_defined_ = 0;
    for (Bin& bin : bins_) bin = {};
  }
  MetricPtr fresh() const override {
    return std::make_unique<Ece>(static_cast<std::int64_t>(bins_.size()));
  }
  std::vector<double> state() const override {
    std::vector<double> state{not_defined_};
    for (const Bin& bin : bins_) state.insert(state.end(), bin.begin(), bin.end());
    return state;
  }
  void restore(std::span<const double> state) override {
    StateReader reader(state, "ece");
    not_defined_ = static_cast<double>(reader.count());
    for (Bin& bin : bins_) std::ranges::copy(reader.numbers(bin.size()), bin.begin());
    reader.end();
  }

 private:
  // Sums of 1, w, w d, w^2, w^2 d, w^2 d^2; d is 1 (right) or 0 (wrong) minus the probability.
  using Bin = std::array<double, 6>;

  void add(double p, bool right, double w) {
    if (std::isnan(p)) {
      not_defined_ += 1;
      return;
    }
    // The upper edge belongs to the bin.
    const double place = std::ceil(p * static_cast<double>(bins_.size())) - 1;
    const double last = static_cast<double>(bins_.size()) - 1;
    Bin& bin = bins_[static_cast<std::size_t>(std::clamp(place, 0.0, last))];
    const double d = (right ? 1 : 0) - p;
    const Bin added{1, w, w * d, w * w, w * w * d, w * d * (w * d)};
    for (std::size_t s = 0; s < bin.size(); ++s) bin[s] += added[s];
  }

  std::vector<Bin> bins_;
  double not_defined_ = 0;  // outputs with a NaN
};

}  // namespace

std::vector<Option> ece_options() {
  return network::options_of<EceOptions>();
}
MetricPtr make_ece(const Attributes& options) {
  return std::make_unique<Ece>(options.integer("bins"));
}

}  // namespace ridgeline::metrics
