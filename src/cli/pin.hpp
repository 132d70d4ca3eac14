#pragma once
// Puts threads on cores of their own. The library never does this, only the command line.

#include <set>

namespace ridgeline::cli {

/// The threads of this process.
std::set<int> threads_now();

/// Gives each thread that is not in `before` a core of its own, and leaves the first core to the
/// caller. The caller is not pinned, since threads that it makes later would inherit that. Does
/// nothing if there are not enough cores.
void pin_threads_since(const std::set<int>& before);

}  // namespace ridgeline::cli
