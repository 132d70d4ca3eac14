// R^2, the coefficient of determination: 1 - sum (t - y)^2 / sum (t - mean of t)^2 for each value,
// then the mean over the values. If all targets are equal, it is 1 if all outputs are right, else
// 0, as in scikit-learn. For one image it is not defined. The standard error is by the delta
// method.

#include <algorithm>
#include <limits>

#include "metrics/batch.hpp"
#include "metrics/second_moments.hpp"
#include "metrics/state.hpp"

namespace ridgeline::metrics {
namespace {

constexpr double not_defined = std::numeric_limits<double>::quiet_NaN();

// Deviations from the mean are kept, not sums of squares, which would lose the digits of targets
// far from 0 (Chan, Golub and LeVeque, 1979).
struct Spread {
  double weight = 0, mean = 0, squares = 0, residuals = 0;

  void merge(const Spread& other) {
    const double all = weight + other.weight;
    if (all > 0) {
      const double apart = other.mean - mean;
      squares += other.squares + apart * apart * weight * other.weight / all;
      mean += apart * other.weight / all;
    }
    weight = all;
    residuals += other.residuals;
  }
  double score() const {
    if (squares > 0) return 1 - residuals / squares;
    return residuals == 0 ? 1 : 0;
  }
};

class R2 final : public Metric {
 public:
  std::string name() const override { return "r2"; }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override { return {values_tensor}; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    if (batch.images() == 0) return;
    if (spreads_.empty()) {
      resize(batch.width());
      std::ranges::copy(batch.target(0), shifts_.begin());
    }
    images_ += static_cast<double>(batch.images());
    for (std::size_t i = 0; i < batch.images(); ++i) {
      for (std::size_t v = 0; v < spreads_.size(); ++v) {
        const double t = batch.target(i)[v], d = t - batch.output(i)[v];
        spreads_[v].merge({batch.weight(i), t, 0, batch.weight(i) * d * d});
      }
      if (has_error()) add_features(batch, i);
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const R2&>(other);
    if (from.spreads_.empty()) return;
    if (spreads_.empty()) {
      resize(from.spreads_.size());
      shifts_ = from.shifts_;
    }
    images_ += from.images_;
    for (std::size_t v = 0; v < spreads_.size(); ++v) spreads_[v].merge(from.spreads_[v]);
    if (has_error()) moments_.merge(from.moments_by(shifts_));
  }
  double value() const override {
    if (images_ == 1) return not_defined;
    double sum = 0;
    for (const Spread& spread : spreads_) sum += spread.score();
    return spreads_.empty() ? 0 : sum / static_cast<double>(spreads_.size());
  }
  // The influence of an image is the sum over the values of
  //   w (residuals (t - mean)^2 / squares^2 - (t - y)^2 / squares) / values
  double standard_error() const override {
    if (spreads_.empty()) return 0;
    if (images_ == 1 || !has_error()) return not_defined;
    std::vector<double> factors(moments_.features());
    for (std::size_t v = 0; v < spreads_.size(); ++v) {
      const Spread& s = spreads_[v];
      if (s.squares == 0) continue;
      const double share = 1 / (s.squares * static_cast<double>(spreads_.size()));
      const double of_square = share * s.residuals / s.squares, mean = s.mean - shifts_[v];
      factors[residual(v)] = -share;
      factors[square(v)] = of_square;
      factors[shifted(v)] = -2 * mean * of_square;
      factors.back() += mean * mean * of_square;
    }
    return moments_.standard_error(factors);
  }
  void clear() override { *this = R2(); }
  MetricPtr fresh() const override { return std::make_unique<R2>(); }
  std::vector<double> state() const override {
    std::vector<double> state{images_, static_cast<double>(spreads_.size())};
    for (std::size_t v = 0; v < spreads_.size(); ++v) {
      const Spread& s = spreads_[v];
      state.insert(state.end(), {s.weight, s.mean, s.squares, s.residuals, shifts_[v]});
    }
    moments_.append_to(state);
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, "r2");
    images_ = static_cast<double>(reader.count());
    constexpr std::size_t width = 5;
    const std::size_t values = reader.count();
    const auto rows = reader.numbers(values, width);
    if (values > 0) resize(values);
    for (std::size_t v = 0; v < values; ++v) {
      const auto row = rows.subspan(v * width, width);
      spreads_[v] = {row[0], row[1], row[2], row[3]};
      shifts_[v] = row[4];
    }
    moments_.restore(reader);
    reader.end();
  }

 private:
  bool has_error() const { return spreads_.size() <= SecondMoments::most_values; }
  void resize(std::size_t values) {
    spreads_.resize(values);
    shifts_.resize(values);
    if (has_error()) moments_.resize(3 * values + 1);
  }

  // Features: of each value (t - y)^2, (t - shift)^2 and t - shift; then 1.
  static std::size_t residual(std::size_t v) { return 3 * v; }
  static std::size_t square(std::size_t v) { return 3 * v + 1; }
  static std::size_t shifted(std::size_t v) { return 3 * v + 2; }
  void add_features(const Batch& batch, std::size_t i) {
    features_.assign(moments_.features(), {3 * spreads_.size(), 1});
    for (std::size_t v = 0; v < spreads_.size(); ++v) {
      const double t = batch.target(i)[v], d = t - batch.output(i)[v], x = t - shifts_[v];
      features_[residual(v)] = {residual(v), d * d};
      features_[square(v)] = {square(v), x * x};
      features_[shifted(v)] = {shifted(v), x};
    }
    moments_.add(features_, batch.weight(i));
  }
  // The moments as they would be with other shifts.
  SecondMoments moments_by(std::span<const double> shifts) const {
    SecondMoments moments = moments_;
    const std::size_t one = 3 * spreads_.size();
    for (std::size_t v = 0; v < spreads_.size(); ++v) {
      const double more = shifts_[v] - shifts[v];
      moments.add_feature(square(v), shifted(v), 2 * more);
      moments.add_feature(square(v), one, more * more);
      moments.add_feature(shifted(v), one, more);
    }
    return moments;
  }

  double images_ = 0;
  std::vector<Spread> spreads_;  // of each value
  std::vector<double> shifts_;   // a target of each value, which keeps the squares small
  SecondMoments moments_;
  std::vector<SecondMoments::Feature> features_;
};

}  // namespace

MetricPtr make_r2(const Attributes&) {
  return std::make_unique<R2>();
}

}  // namespace ridgeline::metrics
