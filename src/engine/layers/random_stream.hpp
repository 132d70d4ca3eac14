#pragma once
// Random numbers of layers such as dropout. They depend only on (seed, layer, epoch, image), so
// that the backward pass draws the same numbers again.

#include "engine/plan.hpp"
#include "tensor/random.hpp"

namespace ridgeline::engine {

/// The random numbers of layer `node` for an image of the shard.
inline Random random_stream(const ShardRun& run, int node, std::int64_t image) {
  const std::uint64_t id = run.ids.empty() ? static_cast<std::uint64_t>(run.first + image)
                                           : run.ids[static_cast<std::size_t>(image)];
  const auto layer = static_cast<std::uint64_t>(node) << 32;
  return {run.seed, Purpose::dropout, layer | static_cast<std::uint64_t>(run.epoch), id};
}

}  // namespace ridgeline::engine
