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

/// Finds the parameters and statistics that the file has, under their own name or under that of
/// another program (weight_names.hpp), with their shape and as F32. Also lists the other tensors
/// and parameters, with reasons. Throws DataError if none fits, if one that fits is not finite, for
/// a file of a diverged training, and as weight_names.
LoadedWeights match_weights(const interop::Safetensors& file,
                            std::span<const Parameter> parameters);

/// A hash of the file's tensors, which does not depend on its path. Throws as read_weights.
std::string describe_weights(const std::filesystem::path& path);

/// Copies matching tensors to the core's state. Throws as match_weights and read_weights, and then
/// changes nothing.
LoadedWeights load_weights(const std::filesystem::path& path, ModelCore& core);

}  // namespace ridgeline::train
