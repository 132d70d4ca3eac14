#pragma once
// Which kernels are fastest on this machine, by measurement.

#include <filesystem>

#include "engine/engine.hpp"

namespace ridgeline::train {

/// The choice for every convolution that leaves one: what `cache` knows from before, or else what
/// is measured now, and written there. A cache that cannot be read or written is done without.
engine::KernelChoices tune(const engine::Engine& engine, const std::filesystem::path& cache);

/// ridgeline/kernels.json in the user's cache; empty where there is none.
std::filesystem::path tuning_cache();

}  // namespace ridgeline::train
