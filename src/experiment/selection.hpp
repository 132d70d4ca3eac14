#pragma once
// A selection over any numeric key of an experiment.

#include <atomic>
#include <functional>

#include "experiment/build.hpp"
#include "experiment/experiment.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::experiment {

/// What a caller is told, as in SelectOptions.
struct Listener {
  std::function<void(const SelectPlan&)> on_plan;
  std::function<void(const SelectProgress&)> on_progress;
  std::function<void(const std::string& sentence)> on_note = {};  ///< of the cache of images
};

/// Chooses as experiment.select says, in the study's folder; each run in it has its own
/// experiment.toml. Throws what select() throws.
Selection select(const Experiment& experiment, const Images& images, Listener listener,
                 const std::atomic<bool>& stop);

}  // namespace ridgeline::experiment
