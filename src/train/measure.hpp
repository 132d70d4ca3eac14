#pragma once
// A pass over labelled images without learning from them.

#include "data/loader.hpp"
#include "metrics/set.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Images at a time, so that the activations of a batch stay small.
std::int64_t evaluation_batch(const ModelCore& core);
/// A batch as the engine takes it, its images read by the engine's threads where nobody has.
engine::Batch for_engine(const data::Batch& batch, std::int64_t epoch = 0);
/// Images first .. first + count - 1 of it.
engine::Batch slice(const engine::Batch& batch, std::int64_t first, std::int64_t count);
/// Threads that read ahead: as many as compute where images are decoded, else few.
int reader_threads(const ModelCore& core, const Dataset& data);
/// Reads `data` in order, in batches of evaluation_batch().
data::LoaderOptions evaluation_loader(const ModelCore& core, const Dataset& data);

/// All of Metrics: the data loss over all images (class weights: over their sum) by the loss's
/// for_evaluation(), the penalty by core.in_force and that of the activations, standard errors over
/// the images (of a weighted mean: as of a ratio), the metrics of `set`, and their details where
/// they are wanted.
Metrics measure(ModelCore& core, data::Loader& loader, metrics::MetricSet set, bool details);

}  // namespace ridgeline::train
