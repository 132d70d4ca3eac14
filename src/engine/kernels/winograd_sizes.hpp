#pragma once
// How the 16 matrices of transformed tiles lie, the same for all instruction sets: blocks of 16
// channels, [block][16][tiles_at_once][16 channels], so that a tile's numbers are at constant
// distances from each other.

#include <cstdint>

namespace ridgeline::engine::kernels {

constexpr std::int64_t taps = 16;           ///< products of a tile
constexpr std::int64_t block = 16;          ///< channels side by side
constexpr std::int64_t tiles_at_once = 36;  ///< transformed before they are multiplied
/// From one tap to the next. A cache line more than there is: a tile writes to all 16, which must
/// not be a power of two apart, or they would push each other out of the cache.
constexpr std::int64_t tap_step = tiles_at_once * block + block;
constexpr std::int64_t block_step = taps * tap_step;

constexpr std::int64_t blocks(std::int64_t channels) {
  return (channels + block - 1) / block;
}
constexpr std::int64_t padded(std::int64_t channels) {
  return blocks(channels) * block;
}
/// So many that the matrices of few channels stay in the first-level cache.
constexpr std::int64_t tiles_for(std::int64_t channels, std::int64_t filters) {
  return blocks(channels) + blocks(filters) <= 2 ? 12 : tiles_at_once;
}
/// Floats of the tiles of so many channels.
constexpr std::int64_t matrices_size(std::int64_t channels) {
  return blocks(channels) * block_step;
}

}  // namespace ridgeline::engine::kernels
