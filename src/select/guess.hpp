#pragma once
// How well labels can be guessed without the images.

#include <optional>

#include "metrics/set.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::selection {

/// The lowest data loss (by the loss's for_evaluation()) of a single answer for all images of
/// `data`, and the first metric of `measured` for the answer that gives each class its share.
/// Nothing if the targets are not classes. `outputs`: of the network.
std::optional<Metrics> best_guess(const Dataset& data, const Loss& training_loss,
                                  std::int64_t outputs, const metrics::MetricSet& measured);

}  // namespace ridgeline::selection
