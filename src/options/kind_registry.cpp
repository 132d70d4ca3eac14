#include "options/kind_registry.hpp"

namespace ridgeline {
namespace {

std::atomic<std::uint64_t> added = 0;

}  // namespace

std::uint64_t kinds_added() {
  return added;
}
void count_added_kind() {
  ++added;
}

}  // namespace ridgeline
