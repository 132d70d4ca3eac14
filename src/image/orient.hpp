#pragma once
// EXIF's orientation: the image that is seen is the stored one, turned and mirrored.
//
//   1 as stored              2 mirrored left to right
//   3 turned by 180 degrees  4 mirrored top to bottom
//   5 rows become columns    6 turned clockwise
//   7 as 5, turned by 180    8 turned counter-clockwise

#include "image/decode.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

struct PlaneSize {
  std::int64_t height = 0, width = 0;
};

/// The orientation in EXIF data, which are a TIFF structure with or without "Exif\0\0" before it; 1
/// if they have none or are damaged.
int exif_orientation(Bytes exif);

/// The stored image as it is seen.
Image orient(Image stored, int orientation);

/// Turns a box in pixels of the seen image into the same box of the stored image, whose size is
/// given.
PixelBox to_stored(const PixelBox& seen, PlaneSize stored, int orientation);
/// The other way round.
RealBox to_seen(const RealBox& stored_box, PlaneSize stored, int orientation);

}  // namespace ridgeline::image
