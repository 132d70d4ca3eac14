#pragma once
// Threads on cores of their own. The command line may do this, the library never does.

#include <set>

namespace ridgeline::cli {

/// The threads that this process has now.
std::set<int> threads_now();

/// Gives each thread that was not there `before` a core of its own, and leaves the first core to
/// the caller, which may still move: threads that it makes later are as free as it is. Does
/// nothing where there are not enough cores.
void pin_threads_since(const std::set<int>& before);

}  // namespace ridgeline::cli
