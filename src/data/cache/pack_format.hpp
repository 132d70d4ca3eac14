#pragma once
// The file of a cache of images, a pack. Numbers are little-endian.
//
//   header   PackHeader
//   pixels   height x width x channels bytes of one image after the other
//   index    a PackEntry for each of them, in the order of the images

#include <array>
#include <bit>
#include <cstdint>

namespace ridgeline::data {

static_assert(std::endian::native == std::endian::little, "a pack is written as memory has it");

inline constexpr std::array<char, 8> pack_magic{'R', 'L', 'P', 'A', 'C', 'K', '0', '1'};

struct PackHeader {
  std::array<char, 8> magic{};
  std::array<char, 64> key{};  ///< hexadecimal digits: which images these are
  std::uint64_t images = 0, entries = 0;
  std::uint64_t index = 0;  ///< where it begins
  std::uint32_t index_crc = 0, unused = 0;
};
static_assert(sizeof(PackHeader) == 104);

struct PackEntry {
  std::uint64_t begin = 0;  ///< of the pixels
  std::uint32_t image = 0;  ///< its place among the images
  std::uint32_t height = 0, width = 0;
  std::uint32_t original_height = 0, original_width = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the pixels
  std::uint8_t channels = 0, original_channels = 0;
  std::uint8_t scale = 0;  ///< as ImageRecord::scale; 0: at the network's size
  std::uint8_t most = 0;   ///< as ImageStore::Decoded::most
  std::uint8_t shift_x = 0, shift_y = 0;
  std::uint16_t unused = 0;

  std::uint64_t bytes() const { return std::uint64_t{height} * width * channels; }
};
static_assert(sizeof(PackEntry) == 40);

}  // namespace ridgeline::data
