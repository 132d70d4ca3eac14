#include "image/orient.hpp"

#include <algorithm>
#include <cassert>

namespace ridgeline::image {
namespace {

/// Leads from a pixel of the seen image to one of the stored image. First the coordinates are
/// swapped, then each may be counted from the other end.
struct Steps {
  bool swap, from_bottom, from_right;
};

Steps steps_of(int o) {
  return {.swap = o >= 5,
          .from_bottom = o == 3 || o == 4 || o == 6 || o == 7,
          .from_right = o == 2 || o == 3 || o == 7 || o == 8};
}

template <std::size_t Channels>
void copy_pixels(const Image& stored, Image& seen, const Steps& steps) {
  const std::int64_t height = stored.height, width = stored.width;
  // The place in `seen` of stored pixel (y, x) is start + y * down + x * right.
  std::int64_t down = steps.swap ? 1 : width;
  std::int64_t right = steps.swap ? height : 1;
  std::int64_t start = 0;
  if (steps.from_bottom) start += (height - 1) * down;
  if (steps.from_right) start += (width - 1) * right;
  if (steps.from_bottom) down = -down;
  if (steps.from_right) right = -right;

  // Works in tiles, so that both images stay in the cache when rows become columns.
  constexpr std::int64_t tile = 64;
  for (std::int64_t top = 0; top < height; top += tile) {
    for (std::int64_t left = 0; left < width; left += tile) {
      for (std::int64_t y = top; y < std::min(top + tile, height); ++y) {
        const std::uint8_t* from =
            stored.pixels.data() + static_cast<std::size_t>(y * width + left) * Channels;
        for (std::int64_t x = left; x < std::min(left + tile, width); ++x, from += Channels) {
          std::uint8_t* to = seen.pixels.data() +
                             static_cast<std::size_t>(start + y * down + x * right) * Channels;
          std::copy_n(from, Channels, to);
        }
      }
    }
  }
}

}  // namespace

Image orient(Image stored, int orientation) {
  if (orientation == 1) return stored;
  const Steps steps = steps_of(orientation);
  Image seen{stored.channels, steps.swap ? stored.width : stored.height,
             steps.swap ? stored.height : stored.width,
             std::vector<std::uint8_t>(stored.pixels.size())};
  assert(stored.channels == 1 || stored.channels == 3);
  if (stored.channels == 1) {
    copy_pixels<1>(stored, seen, steps);
  } else {
    copy_pixels<3>(stored, seen, steps);
  }
  return seen;
}

PixelBox to_stored(const PixelBox& seen, PlaneSize stored, int orientation) {
  const Steps steps = steps_of(orientation);
  PixelBox box = seen;
  if (steps.swap) box = {seen.top, seen.left, seen.height, seen.width};
  if (steps.from_right) box.left = stored.width - box.left - box.width;
  if (steps.from_bottom) box.top = stored.height - box.top - box.height;
  return box;
}

RealBox to_seen(const RealBox& stored_box, PlaneSize stored, int orientation) {
  const Steps steps = steps_of(orientation);
  RealBox box = stored_box;
  if (steps.from_right) box.left = static_cast<double>(stored.width) - box.left - box.width;
  if (steps.from_bottom) box.top = static_cast<double>(stored.height) - box.top - box.height;
  if (steps.swap) box = {box.top, box.left, box.height, box.width};
  return box;
}

}  // namespace ridgeline::image
