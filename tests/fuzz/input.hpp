#pragma once
// What the checks for any bytes share.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace ridgeline::test {

using Input = std::span<const std::uint8_t>;

/// A broken rule ends the program.
inline void must(bool rule) {
  if (!rule) std::abort();
}

/// A file in memory, under a path.
class MemoryFile {
 public:
  explicit MemoryFile(Input input) : descriptor_(memfd_create("input", MFD_CLOEXEC)) {
    must(write(descriptor_, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

 private:
  int descriptor_;
};

}  // namespace ridgeline::test
