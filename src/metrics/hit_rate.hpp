#pragma once
// Precision, recall and F: for each class, the hits divided by a mixture of how often the class is
// true and how often it is predicted.
//
//   score = hits / (truth_share * truth + predicted_share * predicted), and 0 for 0 / 0

#include <string>

#include "metrics/kind.hpp"

namespace ridgeline::metrics {

struct HitRateOptions {
  /// "macro": the mean over the classes; "micro": from the sums over the classes.
  std::string average = "macro";
  /// Labels whose probability is above it are predicted; classes do not use it.
  double threshold = 0.5;
};

struct HitRate {
  std::string_view kind;
  double truth_share, predicted_share;
};

/// Throws UsageError for options out of range.
MetricPtr make_hit_rate(const HitRate& rate, const Attributes& attributes);

}  // namespace ridgeline::metrics

template <>
inline constexpr auto ridgeline::network::fields<ridgeline::metrics::HitRateOptions> =
    std::tuple(Field{"average", &ridgeline::metrics::HitRateOptions::average},
               Field{"threshold", &ridgeline::metrics::HitRateOptions::threshold});
