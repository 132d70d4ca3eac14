#pragma once
// An image of 8 bits a channel in memory, of any size.

#include <cstdint>
#include <optional>
#include <vector>

namespace ridgeline {

/// height x width x channels bytes, interleaved, rows from top to bottom. 1 channel is grey, 3 are
/// sRGB in this order; no other number of channels is used for photographs.
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

/// What a reader of images may save: a decoder may skip pixels outside `box`, and may give the
/// image at 1/2, 1/4 or 1/8 of its size as long as the box keeps at least `height` x `width`.
struct ImageRequest {
  std::optional<PixelBox> box;         ///< in pixels of the full image; absent: all of it
  std::int64_t height = 0, width = 0;  ///< 0: the full size
};

/// What was decoded of an image for an ImageRequest.
struct DecodedImage {
  Image image;
  RealBox box;  ///< what was asked for, in the pixels of `image`, which may extend beyond it
};

}  // namespace ridgeline
