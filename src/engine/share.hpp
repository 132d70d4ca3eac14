#pragma once
// The part of a step's work for one of several threads.

#include <cstdint>

namespace ridgeline::engine {

struct Share {
  std::int64_t part = 0, parts = 1;

  /// The thread's part of `count` items: from begin to end.
  std::int64_t begin(std::int64_t count) const { return count * part / parts; }
  std::int64_t end(std::int64_t count) const { return count * (part + 1) / parts; }
};

}  // namespace ridgeline::engine
