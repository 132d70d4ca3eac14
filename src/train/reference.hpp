#pragma once
// The weights that training began with, where a penalty pulls towards them, as tensors of a file:
// "reference/PARAMETER".

#include "engine/state.hpp"
#include "interop/safetensors.hpp"

namespace ridgeline::train {

/// Nothing where none are kept.
void add_reference(interop::SafetensorsWriter& file, const engine::State& state);
/// Those of the file become the state's, where it has any. Throws DataError where some are missing
/// or have another size.
void read_reference(const interop::Safetensors& file, engine::State& state);
/// Whether a tensor is one of them.
bool is_reference(std::string_view tensor);

}  // namespace ridgeline::train
