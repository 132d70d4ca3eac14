// F1: the harmonic mean of precision and recall.

#include "metrics/hit_rate.hpp"

namespace ridgeline::metrics {

MetricPtr make_f1(const Attributes& options) {
  return make_hit_rate({.kind = "f1", .truth_share = 0.5, .predicted_share = 0.5}, options);
}

}  // namespace ridgeline::metrics
