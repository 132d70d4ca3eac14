// Root mean squared error: the root for each value, then the mean over the values, as
// scikit-learn's root_mean_squared_error. The standard error is by the delta method; for more than
// 256 values it is not computed (0).

#include <algorithm>
#include <cmath>

#include "metrics/batch.hpp"
#include "metrics/kind.hpp"
#include "metrics/state.hpp"

namespace ridgeline::metrics {
namespace {

constexpr std::size_t most_with_error = 256;

class Rmse final : public Metric {
 public:
  std::string name() const override { return "rmse"; }
  bool higher_is_better() const override { return false; }
  std::vector<std::string_view> measures() const override { return {values_tensor}; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    resize(batch.width());
    std::vector<double> squares(batch.width());
    for (std::size_t i = 0; i < batch.images(); ++i) {
      const double w = batch.weight(i);
      for (std::size_t v = 0; v < squares.size(); ++v) {
        const double d = batch.output(i)[v] - static_cast<double>(batch.target(i)[v]);
        squares[v] = d * d;
        sums_[v] += w * squares[v];
      }
      images_ += 1;
      weight_ += w;
      weight_squares_ += w * w;
      if (!products_.empty()) add_products(squares, w * w);
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const Rmse&>(other);
    if (from.sums_.empty()) return;
    resize(from.sums_.size());
    images_ += from.images_;
    weight_ += from.weight_;
    weight_squares_ += from.weight_squares_;
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += from.sums_[i];
    for (std::size_t i = 0; i < products_.size(); ++i) products_[i] += from.products_[i];
  }
  double value() const override {
    double sum = 0;
    for (std::size_t v = 0; v < sums_.size(); ++v) sum += root(v);
    return sums_.empty() ? 0 : sum / static_cast<double>(sums_.size());
  }
  // The influence of an image with squares s is sum_v w (s_v - mean_v) / (2 root_v) / (values W).
  double standard_error() const override {
    if (products_.empty() || images_ < 2 || !(weight_ > 0)) return 0;
    const std::size_t n = sums_.size();
    const double* firsts = products_.data() + n * n;  // sums of w^2 s_v
    double sum = 0;
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (!(root(a) > 0) || !(root(b) > 0)) continue;
        const double mean_a = sums_[a] / weight_, mean_b = sums_[b] / weight_;
        sum += (products_[a * n + b] - mean_a * firsts[b] - mean_b * firsts[a] +
                mean_a * mean_b * weight_squares_) /
               (4 * root(a) * root(b));
      }
    }
    return std::sqrt(std::max(sum, 0.0) * images_ / (images_ - 1)) / weight_ /
           static_cast<double>(n);
  }
  void clear() override { *this = Rmse(); }
  MetricPtr fresh() const override { return std::make_unique<Rmse>(); }
  std::vector<double> state() const override {
    std::vector<double> state{static_cast<double>(sums_.size()), images_, weight_, weight_squares_};
    state.insert(state.end(), sums_.begin(), sums_.end());
    state.insert(state.end(), products_.begin(), products_.end());
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, "rmse");
    const std::size_t values = reader.count();
    const auto counts = reader.numbers(3);
    const auto sums = reader.numbers(values);
    if (values > 0) resize(values);
    const auto products = reader.numbers(products_.size());
    reader.end();
    images_ = counts[0];
    weight_ = counts[1];
    weight_squares_ = counts[2];
    std::ranges::copy(sums, sums_.begin());
    std::ranges::copy(products, products_.begin());
  }

 private:
  void resize(std::size_t values) {
    sums_.resize(values);
    if (values <= most_with_error) products_.resize(values * values + values);
  }
  void add_products(std::span<const double> squares, double ww) {
    const std::size_t n = squares.size();
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) products_[a * n + b] += ww * squares[a] * squares[b];
      products_[n * n + a] += ww * squares[a];
    }
  }
  double root(std::size_t v) const { return weight_ > 0 ? std::sqrt(sums_[v] / weight_) : 0; }

  double images_ = 0, weight_ = 0, weight_squares_ = 0;
  std::vector<double> sums_;      // of w s, for each value
  std::vector<double> products_;  // of w^2 s_a s_b, then of w^2 s_a
};

}  // namespace

MetricPtr make_rmse(const Attributes& options) {
  no_options("rmse", options);
  return std::make_unique<Rmse>();
}

}  // namespace ridgeline::metrics
