#pragma once
// What comes before the pixels of a BMP file.

#include <array>
#include <cstdint>
#include <vector>

#include "image/formats/bytes.hpp"

namespace ridgeline::image {

struct BmpHeader {
  enum class Packing { none, rle8, rle4 };
  /// The bits of a pixel that hold one channel.
  struct Mask {
    std::uint32_t bits = 0;
    std::uint8_t value(std::uint32_t pixel) const;  ///< in 8 bits; 255 for an empty mask
  };

  std::int64_t height = 0, width = 0;
  bool top_down = false;
  unsigned bits = 0;  ///< of a pixel
  Packing packing = Packing::none;
  std::array<Mask, 4> masks;  ///< for 16 and 32 bits: red, green, blue, alpha
  std::vector<std::array<std::uint8_t, 3>> palette;  ///< for up to 8 bits: red, green, blue
  bool grey = false;  ///< whether all colours of the palette are grey
  std::size_t pixels_at = 0;

  /// Throws DataError.
  static BmpHeader read(ByteReader reader);
};

}  // namespace ridgeline::image
