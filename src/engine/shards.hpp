#pragma once
// How a batch is split: shards of consecutive images, the first ones larger by one if it does
// not divide.

#include <algorithm>
#include <cstdint>
#include <span>

namespace ridgeline::engine {

struct Shard {
  std::int64_t first = 0, images = 0;
};

/// Shard s of `shards`, none of them empty: shards is at most the number of images.
inline Shard shard_of(std::int64_t images, int shards, int s) {
  const std::int64_t each = images / shards, more = images % shards;
  return {s * each + std::min<std::int64_t>(s, more), each + (s < more ? 1 : 0)};
}

/// The sum along a fixed binary tree: (0 + 1) + (2 + 3), ... Overwrites the values.
inline double tree_sum(std::span<double> values) {
  for (std::size_t stride = 1; stride < values.size(); stride *= 2) {
    for (std::size_t i = 0; i + stride < values.size(); i += 2 * stride) {
      values[i] += values[i + stride];
    }
  }
  return values.empty() ? 0 : values[0];
}

}  // namespace ridgeline::engine
