#include "cli/pin.hpp"

#include <sched.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ridgeline::cli {
namespace {

std::vector<int> available_cores() {
  std::vector<int> cores;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

}  // namespace

std::set<int> threads_now() {
  std::set<int> threads;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", none)) {
    threads.insert(std::stoi(entry.path().filename().string()));
  }
  return threads;
}

void pin_threads_since(const std::set<int>& before) {
  std::set<int> workers = threads_now();
  for (const int thread : before) workers.erase(thread);
  const std::vector<int> cores = available_cores();
  if (workers.size() + 1 > cores.size()) return;
  for (std::size_t next = 1; const int worker : workers) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cores[next++], &one);
    sched_setaffinity(worker, sizeof one, &one);
  }
}

}  // namespace ridgeline::cli
