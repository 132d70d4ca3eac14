#include "data/inspection/perceptual_hash.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>

#include "image/planes.hpp"

namespace ridgeline::data {
namespace {

// The finaliser of SplitMix64: each bit of the result depends on each bit of the word.
std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31);
}

// Smaller differences are noise, as in a compressed white background.
constexpr int noise_levels = 2;
constexpr int least_bits = 16;

// Calls set(k) for each pixel k of `size` x `size` that is brighter than its right neighbour.
template <typename Set>
void brighter_left(const image::ImageView& grey, std::int64_t size, Set set) {
  const Image small = image::resize(grey, {size, size + 1}, image::Filter::bilinear);
  for (std::int64_t y = 0; y < size; ++y) {
    const std::uint8_t* row = small.pixels.data() + y * (size + 1);
    for (std::int64_t x = 0; x < size; ++x) {
      if (row[x] > row[x + 1] + noise_levels) set(static_cast<unsigned>(y * size + x));
    }
  }
}

template <typename Combine>
int count_bits(const PerceptualHash& a, const PerceptualHash& b, Combine combine) {
  int count = 0;
  for (std::size_t k = 0; k < a.fine.size(); ++k) {
    count += std::popcount(static_cast<std::uint64_t>(combine(a.fine[k], b.fine[k])));
  }
  return count;
}

}  // namespace

std::uint64_t hash_bytes(std::span<const std::uint8_t> bytes, std::uint64_t seed) {
  std::uint64_t hash = mixed(seed + bytes.size() + 0x9E3779B97F4A7C15U);
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), count);
    hash = mixed(hash ^ mixed(word + 0x9E3779B97F4A7C15U)) + 0x9E3779B97F4A7C15U;
    bytes = bytes.subspan(count);
  }
  return mixed(hash);
}

std::uint64_t pixel_hash(const image::ImageView& image) {
  const std::uint64_t size = hash_bytes({}, static_cast<std::uint64_t>(image.height) << 34 ^
                                                static_cast<std::uint64_t>(image.width) << 3 ^
                                                static_cast<std::uint64_t>(image.channels));
  return hash_bytes(image.pixels, size);
}

PerceptualHash perceptual_hash(const image::ImageView& image) {
  // Large images are made small first, which saves time.
  constexpr std::int64_t coarse_size = 8, fine_size = 16, middle = 64;
  const std::int64_t height = std::min(image.height, middle), width = std::min(image.width, middle);
  const Image grey =
      image::to_channels(image::resize(image, {height, width}, image::Filter::bilinear), 1);
  PerceptualHash hash;
  brighter_left(grey, coarse_size, [&](unsigned k) { hash.coarse |= std::uint64_t{1} << k; });
  brighter_left(grey, fine_size,
                [&](unsigned k) { hash.fine[k / 64] |= std::uint64_t{1} << (k % 64); });
  const Image small = image::resize(grey, {coarse_size, coarse_size}, image::Filter::bilinear);
  std::ranges::copy(small.pixels, hash.grey.begin());
  return hash;
}

namespace {

// The mean difference of the grey levels, after the difference of their means is subtracted.
double level_difference(const PerceptualHash& a, const PerceptualHash& b) {
  const auto count = static_cast<double>(a.grey.size());
  double brighter = 0, difference = 0;
  for (std::size_t k = 0; k < a.grey.size(); ++k) brighter += a.grey[k] - b.grey[k];
  brighter /= count;
  for (std::size_t k = 0; k < a.grey.size(); ++k) {
    difference += std::abs(a.grey[k] - b.grey[k] - brighter);
  }
  return difference / count;
}

}  // namespace

bool tells_apart(const PerceptualHash& hash) {
  return count_bits(hash, hash, std::bit_and()) >= least_bits;
}

bool looks_alike(const PerceptualHash& a, const PerceptualHash& b) {
  if (std::popcount(a.coarse ^ b.coarse) > near_bits || !tells_apart(a) || !tells_apart(b)) {
    return false;
  }
  return count_bits(a, b, std::bit_xor()) <= near_share * count_bits(a, b, std::bit_or()) &&
         level_difference(a, b) <= near_levels;
}

}  // namespace ridgeline::data
