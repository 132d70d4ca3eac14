#pragma once
// The penalties that were in force when the weights of a file of ours were last changed: in its
// metadata, under a key that ends in "in_force".

#include <string>

#include "interop/safetensors.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::train {

/// What stands under `prefix` + "in_force". In files of before rules had schedules, which have the
/// base alone: that base with the rules of `regularize`. Throws DataError where there is neither.
Regularize read_in_force(const interop::Safetensors& file, const std::string& prefix,
                         Regularize regularize);

}  // namespace ridgeline::train
