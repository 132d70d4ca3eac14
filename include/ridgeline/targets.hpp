#pragma once
// What the network should have said about the images of a batch.

#include <cstdint>
#include <span>

namespace ridgeline {

/// The targets of a batch, in host memory: class indices, or `width` values per image (one-hot
/// or soft labels, or the numbers of a regression). One of the two is empty.
struct Targets {
  std::span<const std::int32_t> classes;
  std::span<const float> values;
  std::int64_t width = 0;

  /// The targets of images first .. first + count - 1.
  Targets slice(std::int64_t first, std::int64_t count) const {
    const auto from = static_cast<std::size_t>(first), n = static_cast<std::size_t>(count);
    const auto w = static_cast<std::size_t>(width);
    return {classes.empty() ? classes : classes.subspan(from, n),
            values.empty() ? values : values.subspan(from * w, n * w), width};
  }
};

}  // namespace ridgeline
