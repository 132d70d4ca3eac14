#pragma once
// What one of several threads does of the work of a step.

#include <cstdint>

namespace ridgeline::engine {

struct Share {
  std::int64_t part = 0, parts = 1;

  /// Of `count` things in a row, those from begin to end.
  std::int64_t begin(std::int64_t count) const { return count * part / parts; }
  std::int64_t end(std::int64_t count) const { return count * (part + 1) / parts; }
};

}  // namespace ridgeline::engine
