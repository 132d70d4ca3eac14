#include "cli/memory_reserve.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace ridgeline::cli {
namespace {

constexpr std::size_t reserve_bytes = std::size_t{4} << 20;

std::atomic<void*> reserve = nullptr;

void free_reserve() {
  std::free(reserve.exchange(nullptr));
  throw std::bad_alloc();
}

}  // namespace

void reserve_memory() {
  // malloc maps a block of this size by itself, and free gives it back to the system.
  reserve = std::malloc(reserve_bytes);
  std::set_new_handler(free_reserve);
}

}  // namespace ridgeline::cli
