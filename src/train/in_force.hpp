#pragma once
// Penalties in the metadata of files: those that were set, and those that applied when the weights
// last changed.

#include <string>
#include <vector>

#include "interop/safetensors.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::train {

/// Reads the penalties under `key`, for a network with these parameters. Throws DataError if there
/// are none or they do not fit.
Regularize read_penalties(const interop::Safetensors& file, const std::string& key,
                          const std::vector<Parameter>& parameters);
/// "in_force" of a model file. Older files, from before rules had schedules, have only the base;
/// then it is that base with the rules of `regularize`.
Regularize read_in_force(const interop::Safetensors& file, Regularize regularize,
                         const std::vector<Parameter>& parameters);

}  // namespace ridgeline::train
