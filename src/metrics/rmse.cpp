// Root mean squared error: the root for each value, then the mean over the values, as
// scikit-learn's root_mean_squared_error. The standard error is by the delta method.

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/batch.hpp"
#include "metrics/second_moments.hpp"
#include "metrics/state.hpp"

namespace ridgeline::metrics {
namespace {

class Rmse final : public Metric {
 public:
  std::string name() const override { return "rmse"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override { return {values_tensor}; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    resize(batch.width());
    std::vector<SecondMoments::Feature> features(sums_.size() + 1, {sums_.size(), 1});
    for (std::size_t i = 0; i < batch.images(); ++i) {
      const double w = batch.weight(i);
      for (std::size_t v = 0; v < sums_.size(); ++v) {
        const double d = batch.output(i)[v] - static_cast<double>(batch.target(i)[v]);
        features[v] = {v, d * d};
        sums_[v] += w * d * d;
      }
      weight_ += w;
      if (has_error()) moments_.add(features, w);
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const Rmse&>(other);
    if (from.sums_.empty()) return;
    resize(from.sums_.size());
    weight_ += from.weight_;
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += from.sums_[i];
    moments_.merge(from.moments_);
  }
  double value() const override {
    double sum = 0;
    for (std::size_t v = 0; v < sums_.size(); ++v) sum += root(v);
    return sums_.empty() ? 0 : sum / static_cast<double>(sums_.size());
  }
  // The influence of an image with squares s is sum_v w (s_v - mean_v) / (2 root_v) / (values W).
  double standard_error() const override {
    if (!(weight_ > 0)) return 0;
    if (!has_error()) return std::numeric_limits<double>::quiet_NaN();
    const auto values = static_cast<double>(sums_.size());
    std::vector<double> factors(sums_.size() + 1);
    for (std::size_t v = 0; v < sums_.size(); ++v) {
      if (root(v) == 0) continue;
      factors[v] = 1 / (2 * root(v) * values * weight_);
      factors.back() -= factors[v] * sums_[v] / weight_;
    }
    return moments_.standard_error(factors);
  }
  void clear() override { *this = Rmse(); }
  MetricPtr fresh() const override { return std::make_unique<Rmse>(); }
  std::vector<double> state() const override {
    std::vector<double> state{static_cast<double>(sums_.size()), weight_};
    state.insert(state.end(), sums_.begin(), sums_.end());
    moments_.append_to(state);
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, "rmse");
    const std::size_t values = reader.count();
    weight_ = reader.number();
    const auto sums = reader.numbers(values);
    if (values > 0) resize(values);
    std::ranges::copy(sums, sums_.begin());
    moments_.restore(reader);
    reader.end();
  }

 private:
  bool has_error() const { return sums_.size() <= SecondMoments::most_values; }
  void resize(std::size_t values) {
    sums_.resize(values);
    if (has_error()) moments_.resize(values + 1);
  }
  double root(std::size_t v) const { return weight_ > 0 ? std::sqrt(sums_[v] / weight_) : 0; }

  double weight_ = 0;
  std::vector<double> sums_;  // of w s, for each value
  SecondMoments moments_;     // of the squares, and 1
};

}  // namespace

MetricPtr make_rmse(const Attributes&) {
  return std::make_unique<Rmse>();
}

}  // namespace ridgeline::metrics
