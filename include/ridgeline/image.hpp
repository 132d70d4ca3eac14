#pragma once
// An image in memory, of any size, with 8 bits per channel.

#include <cstdint>
#include <vector>

namespace ridgeline {

/// height x width x channels bytes: channels interleaved, rows from top to bottom. One channel is
/// grey; three are red, green and blue (sRGB). Photographs have one or three.
struct Image {
  std::int64_t channels = 0, height = 0, width = 0;
  std::vector<std::uint8_t> pixels;

  friend bool operator==(const Image&, const Image&) = default;
};

/// The pixels [left, left + width) x [top, top + height) of an image.
struct PixelBox {
  std::int64_t left = 0, top = 0, width = 0, height = 0;
  friend bool operator==(const PixelBox&, const PixelBox&) = default;
};

/// A rectangle whose edges may be between pixels; pixel (0, 0) covers [0, 1) x [0, 1).
struct RealBox {
  double left = 0, top = 0, width = 0, height = 0;
  friend bool operator==(const RealBox&, const RealBox&) = default;
};

/// The result of decoding an image for an ImageRequest (sample.hpp).
struct DecodedImage {
  Image image;
  RealBox box;  ///< the requested box in pixels of `image`, which may be larger than the box
};

}  // namespace ridgeline
