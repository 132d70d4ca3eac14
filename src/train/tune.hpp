#pragma once
// Measures which kernels are fastest on this machine.

#include <filesystem>

#include "engine/engine.hpp"

namespace ridgeline::train {

/// The fastest algorithm of every convolution that has several: from `cache`, or measured now and
/// then added to it. A cache that cannot be read or written is ignored.
engine::KernelChoices tune(const engine::Engine& engine, const std::filesystem::path& cache);

/// ridgeline/kernels.json in the user's cache. Empty if the user has none.
std::filesystem::path tuning_cache();

}  // namespace ridgeline::train
