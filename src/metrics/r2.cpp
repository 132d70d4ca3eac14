// R^2, the coefficient of determination: 1 - sum (t - y)^2 / sum (t - mean of t)^2 for each value,
// then the mean over the values. Where all targets are equal it is 1 if all outputs are right, else
// 0, as scikit-learn has it. It has no standard error.

#include <algorithm>

#include "metrics/batch.hpp"
#include "metrics/kind.hpp"
#include "metrics/state.hpp"

namespace ridgeline::metrics {
namespace {

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
    spreads_.resize(batch.width());
    for (std::size_t i = 0; i < batch.images(); ++i) {
      for (std::size_t v = 0; v < spreads_.size(); ++v) {
        const double t = batch.target(i)[v], d = t - batch.output(i)[v];
        spreads_[v].merge({batch.weight(i), t, 0, batch.weight(i) * d * d});
      }
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const R2&>(other);
    if (spreads_.empty()) spreads_.resize(from.spreads_.size());
    for (std::size_t v = 0; v < from.spreads_.size(); ++v) spreads_[v].merge(from.spreads_[v]);
  }
  double value() const override {
    double sum = 0;
    for (const Spread& spread : spreads_) sum += spread.score();
    return spreads_.empty() ? 0 : sum / static_cast<double>(spreads_.size());
  }
  void clear() override { spreads_.clear(); }
  MetricPtr fresh() const override { return std::make_unique<R2>(); }
  std::vector<double> state() const override {
    std::vector<double> state;
    for (const Spread& s : spreads_) {
      state.insert(state.end(), {s.weight, s.mean, s.squares, s.residuals});
    }
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, "r2");
    constexpr std::size_t width = 4;
    if (state.size() % width != 0) reader.corrupt();
    for (; !state.empty(); state = state.subspan(width)) {
      spreads_.push_back({state[0], state[1], state[2], state[3]});
    }
  }

 private:
  std::vector<Spread> spreads_;  // of each value
};

}  // namespace

MetricPtr make_r2(const Attributes& options) {
  no_options("r2", options);
  return std::make_unique<R2>();
}

}  // namespace ridgeline::metrics
