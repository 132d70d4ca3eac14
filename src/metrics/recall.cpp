// Recall: the share of the images of a class that are predicted as this class.

#include "metrics/hit_rate.hpp"

namespace ridgeline::metrics {

MetricPtr make_recall(const Attributes& options) {
  return make_hit_rate({.kind = "recall", .truth_share = 1, .predicted_share = 0}, options);
}

}  // namespace ridgeline::metrics
