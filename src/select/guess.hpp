#pragma once
// How well labels can be guessed without looking at the images.

#include <optional>

#include "ridgeline/dataset.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::selection {

/// The lowest data loss (by the loss's for_evaluation()), and the highest accuracies, that one and
/// the same answer for all images of `data` reaches; `outputs`: of the network. Nothing where the
/// targets are no classes or are not those of the network.
std::optional<Metrics> best_guess(const Dataset& data, const Loss& training_loss,
                                  std::int64_t outputs);

}  // namespace ridgeline::selection
