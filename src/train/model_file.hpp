#pragma once
// model.safetensors: weights in plain layouts under their parameters' names (OIHW, [out, in]),
// and all else in the metadata, as texts:
//   format, format_version, ridgeline (the program's version)
//   network, input, class_names, preprocessing, loss, optimizer, regularize, frozen, seed (JSON)
//   in_force, penalties: what is in force, and what it comes to for each parameter (JSON)

#include <filesystem>

#include "interop/safetensors.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

/// With `more` in its metadata. Whole or not at all. Throws ResourceError.
void save_model(const ModelCore& core, const std::filesystem::path& file,
                interop::Metadata more = {});

/// Whether load_model takes a file that a training left when it diverged, too, whose weights may be
/// NaN. Those of other files must be finite.
enum class Diverged { refused, taken };

/// Throws DataError, which names the file, for one that is corrupt, of another kind or of another
/// format version; ResourceError for one that cannot be read.
ModelCore load_model(const std::filesystem::path& file, int threads,
                     Diverged diverged = Diverged::refused);

}  // namespace ridgeline::train
