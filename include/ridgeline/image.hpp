#pragma once
// An image in memory, of any size, with 8 bits per channel.

#include <cstdint>
#include <optional>
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

/// The pixels that a reader needs. A decoder may skip pixels outside `box`, and may reduce the
/// image to 1/2, 1/4 or 1/8 of its size if the box still has at least `height` x `width` pixels.
struct ImageRequest {
  std::optional<PixelBox> box;         ///< in pixels of the full image; absent: the full image
  std::int64_t height = 0, width = 0;  ///< 0: the full size
};

/// What was decoded of an image for an ImageRequest.
struct DecodedImage {
  Image image;
  RealBox box;  ///< the requested box in pixels of `image`, which may be larger than the box
};

}  // namespace ridgeline
