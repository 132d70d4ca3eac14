#include "tensor/buffer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "ridgeline/error.hpp"
#include "tensor/memory.hpp"

namespace ridgeline {

void* allocate_aligned(std::size_t bytes) {
  constexpr std::size_t line = 64;
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  constexpr std::size_t worth_asking = std::size_t{32} << 20;
  const std::size_t alignment = bytes >= huge_page ? huge_page : line;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  // Linux promises more memory than it has, and ends a process that uses it.
  const bool fits = rounded >= bytes && (bytes < worth_asking || rounded <= available_memory());
  void* memory = fits ? std::aligned_alloc(alignment, rounded) : nullptr;
  if (memory == nullptr) {
    throw ResourceError(fmt::format(
        "there is not enough memory for a buffer of {} MiB: a smaller train.batch, network or "
        "number of threads needs less",
        bytes >> 20));
  }
  if (alignment == huge_page) madvise(memory, rounded, MADV_HUGEPAGE);
  std::memset(memory, 0, rounded);
  return memory;
}

void free_aligned(void* memory) noexcept {
  std::free(memory);
}

}  // namespace ridgeline
