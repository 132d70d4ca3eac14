#pragma once
// Evaluates labelled images.

#include "data/loader.hpp"
#include "metrics/set.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Images per batch, few enough to keep activations small.
std::int64_t evaluation_batch(const ModelCore& core);
/// A batch for the engine. The engine's threads read its images if they are not read yet.
engine::Batch for_engine(const data::Batch& batch, std::int64_t epoch = 0);
/// Images first .. first + count - 1 of it.
engine::Batch slice(const engine::Batch& batch, std::int64_t first, std::int64_t count);
/// Threads that read ahead: as many as compute if images are decoded, otherwise few.
int reader_threads(const ModelCore& core, const Dataset& data);
/// Reads `data` in order, in batches of evaluation_batch().
data::LoaderOptions evaluation_loader(const ModelCore& core, const Dataset& data);

/// Fills all of Metrics: the data loss over all images by the loss's for_evaluation() (with class
/// weights divided by their sum), the penalty by core.in_force plus that of activations, standard
/// errors over the images (for a weighted mean, of a ratio), the metrics of `set`, and, on request,
/// their details.
Metrics measure(ModelCore& core, data::Loader& loader, metrics::MetricSet set, bool details);

}  // namespace ridgeline::train
