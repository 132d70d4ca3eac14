#pragma once
// Metrics of the order of the outputs. They keep every output until the value is asked for. That
// takes four bytes for each image and class, and four for each image's target.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/batch.hpp"

namespace ridgeline::metrics {

/// An image in the ranking, which has the highest score first.
struct Ranked {
  float score = 0;
  bool positive = false;
  double weight = 1;
  std::size_t image = 0;
};

/// The value of a metric for one class or label.
struct RankedScore {
  double value = 0;
  std::vector<double> influence;  ///< of each entry of the ranking, times its weight
};

struct RankingKind {
  std::string_view name;
  /// Called with a ranking of at least one image.
  RankedScore (*score)(std::span<const Ranked> ranking);
};

/// Calls use(first, end) for each run of equal scores.
template <typename Use>
void for_ties(std::span<const Ranked> ranking, Use&& use) {
  for (std::size_t first = 0; first < ranking.size();) {
    std::size_t end = first + 1;
    while (end < ranking.size() && ranking[end].score == ranking[first].score) ++end;
    use(first, end);
    first = end;
  }
}

/// A metric that is the mean over classes (each against all others; with two classes, only the
/// second) or labels. Those whose value is NaN do not count. A score that is NaN makes the metric
/// NaN. The standard error comes from the influence of each image on the mean.
MetricPtr make_ranking(const RankingKind& kind);

}  // namespace ridgeline::metrics
