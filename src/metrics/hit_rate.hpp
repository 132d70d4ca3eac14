#pragma once
// Precision, recall and F. For each class they are the hits divided by a weighted mean of how often
// the class is true and how often it is predicted.
//
//   score = hits / (truth_share * truth + predicted_share * predicted), and 0 for 0 / 0

#include <string>

#include "network/options.hpp"
#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

struct HitRateOptions {
  /// "macro": the mean over the classes; "micro": from the sums over the classes.
  std::string average = "macro";
  /// Labels whose probability is above it are predicted. Metrics of classes refuse any other value
  /// than 0.5.
  double threshold = 0.5;
};

struct HitRate {
  std::string_view kind;
  double truth_share, predicted_share;
};

/// The options of precision, recall and F.
std::vector<Option> hit_rate_options();
MetricPtr make_hit_rate(const HitRate& rate, const Attributes& options);

}  // namespace ridgeline::metrics

template <>
inline constexpr auto ridgeline::network::fields<ridgeline::metrics::HitRateOptions> =
    std::tuple(option("average", &ridgeline::metrics::HitRateOptions::average,
                      "macro: the mean over the classes; micro: from their sums"),
               option("threshold", &ridgeline::metrics::HitRateOptions::threshold,
                      "labels of a larger probability are predicted",
                      ridgeline::Limits{.least = 0, .most = 1, .above = true, .below = true}));
