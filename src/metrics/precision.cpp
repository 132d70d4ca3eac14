// Precision: the share of the images predicted as a class that are of this class.

#include "metrics/hit_rate.hpp"

namespace ridgeline::metrics {

MetricPtr make_precision(const Attributes& options) {
  return make_hit_rate({.kind = "precision", .truth_share = 0, .predicted_share = 1}, options);
}

}  // namespace ridgeline::metrics
