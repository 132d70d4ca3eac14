// Area under the ROC curve: the probability that a positive image scores higher than a negative
// one; equal scores count half. NaN for a class with no positive or no negative image. The
// influence of the images gives DeLong's standard error (DeLong et al., Biometrics, 1988).

#include <cmath>
#include <limits>

#include "metrics/ranking.hpp"

namespace ridgeline::metrics {
namespace {

RankedScore area(std::span<const Ranked> ranking) {
  double positive = 0, negative = 0, positives = 0, negatives = 0;
  for (const Ranked& r : ranking) {
    (r.positive ? positive : negative) += r.weight;
    ++(r.positive ? positives : negatives);
  }
  if (!(positive > 0) || !(negative > 0)) return {std::numeric_limits<double>::quiet_NaN(), {}};

  // For each image, the share of the images of the other kind that are in the right order with it.
  std::vector<double> share(ranking.size());
  double positive_above = 0, negative_above = 0, area = 0;
  for_ties(ranking, [&](std::size_t first, std::size_t end) {
    double positive_here = 0, negative_here = 0;
    for (std::size_t r = first; r < end; ++r) {
      (ranking[r].positive ? positive_here : negative_here) += ranking[r].weight;
    }
    for (std::size_t r = first; r < end; ++r) {
      share[r] = ranking[r].positive ? (negative - negative_above - negative_here / 2) / negative
                                     : (positive_above + positive_here / 2) / positive;
      if (ranking[r].positive) area += ranking[r].weight * share[r] / positive;
    }
    positive_above += positive_here;
    negative_above += negative_here;
  });

  const auto correction = [](double n) { return n > 1 ? std::sqrt(n / (n - 1)) : 1; };
  const double of_positives = correction(positives) / positive,
               of_negatives = correction(negatives) / negative;
  for (std::size_t r = 0; r < ranking.size(); ++r) {
    share[r] =
        (share[r] - area) * ranking[r].weight * (ranking[r].positive ? of_positives : of_negatives);
  }
  return {area, std::move(share)};
}

}  // namespace

MetricPtr make_roc_auc(const Attributes&) {
  return make_ranking({"roc_auc", area});
}

}  // namespace ridgeline::metrics
