#pragma once
// Numbers that tell images apart. Equal pixels have equal numbers. The numbers of images that look
// alike differ in few bits.

#include <array>
#include <cstdint>
#include <span>

#include "image/resize.hpp"

namespace ridgeline::data {

/// A hash of 64 bits. Among a million different inputs, the chance that any two have the same hash
/// is 1 in 40 million.
std::uint64_t hash_bytes(std::span<const std::uint8_t> bytes, std::uint64_t seed = 0);

/// The hash of an image's size, channels and pixels.
std::uint64_t pixel_hash(const image::ImageView& image);

/// The difference hash (dHash) of an image: it is resized to few grey pixels, and a bit says
/// whether a pixel is brighter than its right neighbour. It survives another size, another format,
/// stronger compression and small changes of colour, but no crop, no rotation and no mirroring.
struct PerceptualHash {
  std::uint64_t coarse = 0;             ///< of 9 x 8 pixels
  std::array<std::uint64_t, 4> fine{};  ///< of 17 x 16 pixels
  std::array<std::uint8_t, 64> grey{};  ///< the image itself in 8 x 8 grey pixels
  friend bool operator==(const PerceptualHash&, const PerceptualHash&) = default;
};
PerceptualHash perceptual_hash(const image::ImageView& image);

/// If images look alike, at most so many bits of their coarse hashes differ.
inline constexpr int near_bits = 4;
/// If images look alike, at most this share of the bits that are set in either fine hash differs.
inline constexpr double near_share = 0.1;

/// If images look alike, their grey levels differ on average by at most this, after the difference
/// of their means is subtracted. The hashes say where edges are, but not how strong they are.
inline constexpr double near_levels = 4;

/// Whether the image has enough edges to be told apart: a blank page has none.
bool tells_apart(const PerceptualHash& hash);
/// Whether two images look alike. False if one of them has too few edges.
bool looks_alike(const PerceptualHash& a, const PerceptualHash& b);

}  // namespace ridgeline::data
