#pragma once
// Weights from a file of another training, of ours or of another program.

#include <filesystem>
#include <span>

#include "interop/safetensors.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Which of the parameters, statistics too, the file has under their name, in their shape and as
/// F32, and which tensors and parameters are left over, with why. Throws DataError where none fits,
/// where one that fits has a number that is not finite, and for what a training left that diverged.
LoadedWeights match_weights(const interop::Safetensors& file,
                            std::span<const Parameter> parameters);

/// What tells one file of weights from another, wherever it lies: a hash of its tensors. Throws as
/// Safetensors::read does.
std::string describe_weights(const std::filesystem::path& path);

/// Puts what matches into the core's state. Throws as match_weights and Safetensors::read do; the
/// state is then as it was.
LoadedWeights load_weights(const std::filesystem::path& path, ModelCore& core);

}  // namespace ridgeline::train
