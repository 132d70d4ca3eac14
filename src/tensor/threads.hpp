#pragma once
// Starting several threads: all of them, or none.

#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace ridgeline {

/// The work of a group of threads.
struct ThreadWork {
  std::string_view purpose;            ///< "compute", "read images": for the error
  std::string_view key;                ///< "train.threads": the key that sets their number
  std::function<void(int)> work;       ///< work(0), ..., work(count - 1), each on its own thread
  std::function<void()> release;       ///< makes the work of all started threads return
  std::function<void()> prepare = {};  ///< first on each thread; may throw if memory is short
};

/// Starts `count` threads, one after another. If one cannot be started, or throws in `prepare`, the
/// started ones are released and joined, and ResourceError says how many there were.
std::vector<std::thread> start_threads(int count, const ThreadWork& threads);

/// Lets the calling thread give way to others while cores are short. It is for threads that prepare
/// data for the computing threads. Does nothing if the system has no priorities of threads, as
/// outside of Linux.
void give_way();

}  // namespace ridgeline
