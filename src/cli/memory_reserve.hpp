#pragma once
// Memory for the way out when there is no more.

namespace ridgeline::cli {

/// From now on the first failed allocation frees some memory before it throws std::bad_alloc.
/// Destructors that run then may allocate (those of nlohmann::json do, and they cannot throw), and
/// so do the last files and the error's sentence. Call once, at the start of the program.
void reserve_memory();

}  // namespace ridgeline::cli
