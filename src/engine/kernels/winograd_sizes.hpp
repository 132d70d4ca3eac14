#pragma once
// The layout of the 16 matrices of transformed tiles: [block][16][tiles_at_once][16 channels], with
// blocks of 16 channels. It is the same for all instruction sets. A tile's numbers have constant
// distances from each other.

#include <cstdint>

namespace ridgeline::engine::kernels {

constexpr std::int64_t taps = 16;           ///< products of a tile
constexpr std::int64_t block = 16;          ///< neighbouring channels
constexpr std::int64_t tiles_at_once = 36;  ///< transformed before multiplication
/// The distance from one tap to the next, with one more cache line than needed. A tile writes to
/// all 16 taps. With a distance that is a power of two they would evict each other from the cache.
constexpr std::int64_t tap_step = tiles_at_once * block + block;
constexpr std::int64_t block_step = taps * tap_step;

constexpr std::int64_t blocks(std::int64_t channels) {
  return (channels + block - 1) / block;
}
constexpr std::int64_t padded(std::int64_t channels) {
  return blocks(channels) * block;
}
/// As many as keep the matrices of few channels in the first-level cache.
constexpr std::int64_t tiles_for(std::int64_t channels, std::int64_t filters) {
  return blocks(channels) + blocks(filters) <= 2 ? 12 : tiles_at_once;
}
/// Floats of the tiles of so many channels.
constexpr std::int64_t matrices_size(std::int64_t channels) {
  return blocks(channels) * block_step;
}

}  // namespace ridgeline::engine::kernels
