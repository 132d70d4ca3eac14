#include "tensor/memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <new>
#include <optional>
#include <string>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using std::filesystem::path;

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

// The number at the beginning of a file. "max", which means no limit in control groups, is no
// number.
std::optional<std::size_t> number_in(const path& file) {
  std::ifstream in(file);
  std::size_t number = 0;
  return in >> number ? std::optional(number) : std::nullopt;
}

// The number after the word `name` in a file of such pairs; 0 if it has none.
std::size_t number_in(const path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    std::size_t number = 0;
    if (word == name && in >> number) return number;
  }
  return 0;
}

std::size_t difference(std::size_t a, std::size_t b) {
  return a > b ? a - b : 0;
}

// The names of the same files in the two versions of control groups.
struct MemoryFiles {
  const char* limit;
  const char* used;
  const char* cache;  // the entry of memory.stat: memory that the kernel takes back when it must
};
constexpr MemoryFiles version_1{"memory.limit_in_bytes", "memory.usage_in_bytes", "cache"};
constexpr MemoryFiles version_2{"memory.max", "memory.current", "file"};

std::size_t left_in(const path& group, const MemoryFiles& files) {
  const auto limit = number_in(group / files.limit);
  const auto used = number_in(group / files.used);
  if (!limit || !used) return no_limit;
  const std::size_t cache = number_in(group / "memory.stat", files.cache);
  return difference(*limit, difference(*used, cache));
}

// The least memory that the group `name` ("/a/b") and its ancestors leave. Inside a container, the
// folder `mount` is the container's own group, and the name does not help.
std::size_t left_in_all(const path& mount, const std::string& name, const MemoryFiles& files) {
  std::size_t left = no_limit;
  path relative = path(name).relative_path();
  while (true) {
    left = std::min(left, left_in(mount / relative, files));
    if (relative.empty()) return left;
    relative = relative.parent_path();
  }
}

std::size_t left_of_address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return no_limit;
  const auto pages = number_in("/proc/self/statm").value_or(0);
  return difference(limit.rlim_cur, pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

}  // namespace

std::size_t control_group_memory(const path& proc, const path& groups) {
  std::size_t left = no_limit;
  std::ifstream lines(proc / "self/cgroup");
  for (std::string line; std::getline(lines, line);) {  // "4:memory:/a/b" or "0::/a/b"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string name = line.substr(second + 1);
    if (controllers == "memory") {
      left = std::min(left, left_in_all(groups / "memory", name, version_1));
    } else if (controllers.empty()) {
      left = std::min(left, left_in_all(groups, name, version_2));
    }
  }
  return left;
}

std::size_t available_memory() {
  constexpr std::size_t kibibyte = 1024;
  const std::size_t free = number_in("/proc/meminfo", "MemAvailable:");
  return std::min(
      {free > 0 ? free * kibibyte : no_limit, control_group_memory(), left_of_address_space()});
}

void require_memory(std::size_t bytes, std::string_view purpose) {
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    throw ResourceError(
        fmt::format("there is not enough memory to {}: a smaller train.batch, network or number of "
                    "threads needs less",
                    purpose));
  }
  munmap(mapped, bytes);
}

void reserve_small_blocks() {
  // glibc's per-thread cache serves allocations of up to 1032 bytes, in steps of 16.
  constexpr std::size_t step = 16, largest = 1032;
  std::array<void*, largest / step> blocks;
  std::size_t count = 0;
  for (std::size_t bytes = step + step / 2; bytes <= largest; bytes += step) {
    void* block = std::malloc(bytes);
    if (block == nullptr) break;
    *static_cast<volatile char*>(block) = 0;  // so that the compiler keeps the call
    blocks[count++] = block;
  }
  const bool all = count == blocks.size();
  while (count > 0) std::free(blocks[--count]);
  if (!all) throw std::bad_alloc();
}

}  // namespace ridgeline
