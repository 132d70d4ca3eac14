#pragma once
// Starting several threads: all of them, or none.

#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace ridgeline {

/// Calls work(0), ..., work(count - 1) on threads of their own. Where one cannot be started,
/// `release` must let those that were return; they are joined, and ResourceError says how many of
/// the threads that `purpose` there were: "compute", "read images".
std::vector<std::thread> start_threads(int count, std::string_view purpose,
                                       const std::function<void(int)>& work,
                                       const std::function<void()>& release);

}  // namespace ridgeline
