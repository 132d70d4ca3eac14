#pragma once
// The settings that must be the same for a training to continue from a checkpoint.

#include "train/core.hpp"

namespace ridgeline::train {

/// The settings of a training as texts, by the names of their keys: network, loss, optimizer, ...
/// Without the initial weights.
Attributes settings(const Network& network, const ModelOptions& model, const FitOptions& options);

/// The images by identity and label; not their pixels, which may be many.
std::string describe(const Dataset& data);

/// The settings as texts, by the names of their keys: network, loss, optimizer, ..., the images and
/// their labels. `epochs` is included only if a schedule depends on it. Threads are not included
/// because they change nothing, and shards are not because the checkpoint has them.
Attributes fingerprint(const ModelCore& core, const FitOptions& options, const Dataset& train,
                       const Dataset& validation);

/// Throws UsageError that names the first setting that differs: "runs/1/checkpoint.safetensors was
/// made with train.batch = 32, not 64".
void check_same(const Attributes& stored, const Attributes& wanted, std::string_view file);

}  // namespace ridgeline::train
