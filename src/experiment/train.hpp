#pragma once
// Training an experiment in the folder of its run.

#include <filesystem>
#include <functional>

#include "experiment/build.hpp"
#include "experiment/experiment.hpp"

namespace ridgeline::experiment {

/// The name of the experiment file in a run's folder.
inline constexpr const char* record_name = "experiment.toml";

/// Whether a run is in `folder`.
bool holds_run(const std::filesystem::path& folder);

/// Writes what the model has settled (threads, shards, kernels) into the experiment.
void take_resolved(Experiment& experiment, const Model& model);

/// Trains in the run's folder, whose name is written into the experiment. If something is refused,
/// no folder is made, and an existing one does not change. `refuse_taken` throws if the folder has
/// other contents; it is called when the folder is locked. The images are read through the cache of
/// data.cache.
History train(Model& model, const Dataset& train, FitOptions options, Experiment& experiment,
              const std::function<void(const std::filesystem::path&)>& refuse_taken);

}  // namespace ridgeline::experiment
