#pragma once
// Penalties in the metadata of files of ours: those that were set, and those that were in force
// when the weights were last changed.

#include <string>
#include <vector>

#include "interop/safetensors.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::train {

/// What stands under `key`, for a network of these parameters. Throws DataError where there is
/// none, or one that does not fit.
Regularize read_penalties(const interop::Safetensors& file, const std::string& key,
                          const std::vector<Parameter>& parameters);
/// "in_force" of a model file. In files of before rules had schedules, which have the base alone:
/// that base with the rules of `regularize`.
Regularize read_in_force(const interop::Safetensors& file, Regularize regularize,
                         const std::vector<Parameter>& parameters);

}  // namespace ridgeline::train
