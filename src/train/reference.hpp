#pragma once
// The initial weights, for penalties that pull towards them, as tensors of a file:
// "reference/PARAMETER".

#include "engine/state.hpp"
#include "interop/safetensors.hpp"

namespace ridgeline::train {

/// Adds nothing if the state has none.
void add_reference(interop::SafetensorsWriter& file, const engine::State& state);
/// Reads them from the file, if it has any. Throws DataError if some are missing or have another
/// size.
void read_reference(const interop::Safetensors& file, engine::State& state);
/// Whether a tensor is one of them.
bool is_reference(std::string_view tensor);

}  // namespace ridgeline::train
