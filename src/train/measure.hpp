#pragma once
// A pass over labelled images without learning from them.

#include "data/loader.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Images at a time, so that the activations of a batch stay small.
std::int64_t evaluation_batch(const ModelCore& core);
/// Reads `data` in order, in such batches.
/// A batch as the engine takes it, its images read by the engine's threads where nobody has.
engine::Batch for_engine(const data::Batch& batch, std::int64_t epoch = 0);
data::LoaderOptions evaluation_loader(const ModelCore& core);

/// All of Metrics: the data loss over all images (class weights: over their sum), the penalty by
/// core.base_l2 and that of the activations, standard errors over the images (of a weighted mean:
/// as of a ratio), and the confusion matrix where it is wanted.
Metrics measure(ModelCore& core, data::Loader& loader, bool confusion);

}  // namespace ridgeline::train
