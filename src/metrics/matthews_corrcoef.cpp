// Matthews correlation coefficient of several classes (Gorodkin, Computational Biology and
// Chemistry, 2004): with hits h, images n, and t_c and p_c the times that class c is true and
// predicted,
//   (h n - sum t_c p_c) / sqrt((n^2 - sum p_c^2) (n^2 - sum t_c^2))
// From -1 to 1; 0 for a guess, and for 0 / 0. An image whose output has a NaN counts as predicted
// to be of an extra class.

#include <cmath>

#include "metrics/confusion.hpp"

namespace ridgeline::metrics {
namespace {

class MatthewsCorrelation final : public ConfusionMetric {
 public:
  std::string name() const override { return "matthews_corrcoef"; }
  bool higher_is_better() const override { return true; }
  double value() const override { return Terms(confusion().totals()).value(); }
  double standard_error() const override {
    const auto totals = confusion().totals();
    const Terms terms(totals);
    return confusion().standard_error([&](std::int32_t truth, std::int32_t predicted) {
      const bool nothing = predicted == Confusion::nothing;
      return terms.influence(totals[static_cast<std::size_t>(truth)],
                             nothing ? terms.nothing : totals[static_cast<std::size_t>(predicted)],
                             truth == predicted);
    });
  }
  MetricPtr fresh() const override { return std::make_unique<MatthewsCorrelation>(); }

 private:
  struct Terms {
    double n = 0, hits = 0, products = 0, truths = 0, predictions = 0;
    Confusion::Totals nothing;

    explicit Terms(const std::vector<Confusion::Totals>& totals) {
      for (const auto& c : totals) {
        n += c.truth;
        nothing.predicted += c.truth - c.predicted;
        hits += c.hits;
        products += c.truth * c.predicted;
        truths += c.truth * c.truth;
        predictions += c.predicted * c.predicted;
      }
      predictions += nothing.predicted * nothing.predicted;
    }
    double above() const { return hits * n - products; }
    double under() const { return (n * n - predictions) * (n * n - truths); }
    double value() const { return under() > 0 ? above() / std::sqrt(under()) : 0; }

    // The derivative of the value by the weight of images of one class that are predicted as
    // another.
    double influence(const Confusion::Totals& truth, const Confusion::Totals& predicted,
                     bool hit) const {
      if (!(under() > 0)) return 0;
      const double of_above = (hit ? n : 0) + hits - truth.predicted - predicted.truth;
      const double of_under = 2 * (n - predicted.predicted) * (n * n - truths) +
                              2 * (n - truth.truth) * (n * n - predictions);
      return (of_above - above() * of_under / (2 * under())) / std::sqrt(under());
    }
  };
};

}  // namespace

MetricPtr make_matthews_corrcoef(const Attributes&) {
  return std::make_unique<MatthewsCorrelation>();
}

}  // namespace ridgeline::metrics
