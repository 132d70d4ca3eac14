#pragma once
// Weights from a file of another training or of another program.

#include <filesystem>
#include <span>

#include "interop/safetensors.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Reads a file of weights. Throws as Safetensors::read does, and DataError for PyTorch's own
/// files.
interop::Safetensors read_weights(const std::filesystem::path& path);

/// Finds the parameters and statistics that the file has, under their own name or the name that
/// other programs give them (weight_names.hpp), with their shape and as F32, F16 or BF16. Also says
/// which tensors and parameters are left over, and why. Throws DataError if none fits, if one that
/// fits has a number that is not finite, for the file of a diverged training, and as weight_names
/// does.
LoadedWeights match_weights(const interop::Safetensors& file,
                            std::span<const Parameter> parameters);

/// A hash of the file's tensors, which does not depend on its path. Throws as read_weights.
std::string describe_weights(const std::filesystem::path& path);

/// Copies matching tensors to the core's state. Throws as match_weights and read_weights, and then
/// changes nothing.
LoadedWeights load_weights(const std::filesystem::path& path, ModelCore& core);

}  // namespace ridgeline::train
