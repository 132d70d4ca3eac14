#pragma once
// Ctrl-C: the first asks training to save and stop, the second ends the program.

#include <atomic>

namespace ridgeline::cli {

/// Takes over SIGINT and SIGTERM; the flag becomes true at the first of them.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace ridgeline::cli
