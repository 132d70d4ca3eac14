#pragma once
// model.safetensors: weights in plain layouts under their parameters' names (OIHW, [out, in]),
// and everything else as texts in the metadata:
//   format, format_version, ridgeline (the program's version)
//   network, input, class_names, preprocessing, loss, optimizer, regularize, frozen, seed (JSON)
//   in_force, penalties: the penalties that apply, in total and for each parameter (JSON)

#include <filesystem>

#include "interop/safetensors.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// Writes the file, with `more` in its metadata, whole or not at all. Throws ResourceError.
void save_model(const ModelCore& core, const std::filesystem::path& file,
                interop::Metadata more = {});

/// Whether load_model also accepts the file of a diverged training, whose weights may be NaN.
/// Weights of other files must be finite.
enum class Diverged { refused, taken };

/// Throws DataError, which names the file, for one that is corrupt, of another kind or of another
/// format version; ResourceError for one that cannot be read.
ModelCore load_model(const std::filesystem::path& file, int threads,
                     Diverged diverged = Diverged::refused);

}  // namespace ridgeline::train
