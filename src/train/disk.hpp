#pragma once
// How much a run writes, before it has written anything.

#include <cstdint>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

struct RunSize {
  std::uintmax_t model = 0;       ///< bytes of model.safetensors
  std::uintmax_t checkpoint = 0;  ///< of checkpoint.safetensors
};

/// About that: the tensors exactly, what describes them roughly. `options`: of the model.
RunSize run_size(const Layout& layout, const ModelOptions& options, const FitOptions& fit);

/// Removes the checkpoint of a run that will not be resumed, if it has one.
void remove_checkpoint(const std::filesystem::path& run);

}  // namespace ridgeline::train
