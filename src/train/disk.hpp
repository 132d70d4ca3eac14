#pragma once
// Predicts how much a run will write.

#include <cstdint>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

struct RunSize {
  std::uintmax_t model = 0;       ///< bytes of model.safetensors
  std::uintmax_t checkpoint = 0;  ///< of checkpoint.safetensors
};

/// An estimate: exact for tensors, rough for metadata. `options` are those of the model.
RunSize run_size(const Layout& layout, const ModelOptions& options, const FitOptions& fit);

/// Removes the checkpoint of a run that will not be resumed, if it has one.
void remove_checkpoint(const std::filesystem::path& run);

}  // namespace ridgeline::train
