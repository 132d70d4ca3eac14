#pragma once
// Training an experiment in the folder of its run.

#include <filesystem>
#include <functional>

#include "experiment/build.hpp"
#include "experiment/experiment.hpp"

namespace ridgeline::experiment {

/// The experiment file that a run's folder holds.
inline constexpr const char* record_name = "experiment.toml";

/// Whether a run is in `folder`.
bool holds_run(const std::filesystem::path& folder);

/// Writes what the model has settled (threads, shards, kernels) into the experiment.
void take_resolved(Experiment& experiment, const Model& model);

/// Trains in the run's folder, which becomes the experiment's. What is refused leaves no folder, or
/// the one that was there as it was. `refuse_taken` throws for a folder that holds something else;
/// it is asked when the folder is held. The images are read through the cache of data.cache.
History train(Model& model, const Dataset& train, FitOptions options, Experiment& experiment,
              const std::function<void(const std::filesystem::path&)>& refuse_taken);

}  // namespace ridgeline::experiment
