#pragma once
// What must be the same for a training to go on from a checkpoint as if nothing had happened.

#include "train/core.hpp"

namespace ridgeline::train {

/// The settings of a training by the names of their keys, in words: network, loss, optimizer, ...;
/// all but the weights that it begins with.
Attributes settings(const Network& network, const ModelOptions& model, const FitOptions& options);

/// The images by identity and label; not their pixels, which may be many.
std::string describe(const Dataset& data);

/// Settings by the names of their keys, in words: network, loss, optimizer, ..., the images and
/// their labels. `epochs` belongs to it only where a schedule depends on it. Threads and shards do
/// not: the former change nothing, the latter are the checkpoint's own.
Attributes fingerprint(const ModelCore& core, const FitOptions& options, const Dataset& train,
                       const Dataset& validation);

/// Throws UsageError that names the first setting that differs: "runs/1/checkpoint.safetensors was
/// made with train.batch = 32, not 64".
void check_same(const Attributes& stored, const Attributes& wanted, std::string_view file);

}  // namespace ridgeline::train
