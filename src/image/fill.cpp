#include "image/fill.hpp"

#include <algorithm>

namespace ridgeline::image {

PixelBox inside(const PixelBox& box, const Image& image) {
  const std::int64_t left = std::clamp<std::int64_t>(box.left, 0, image.width);
  const std::int64_t top = std::clamp<std::int64_t>(box.top, 0, image.height);
  const std::int64_t right = std::clamp<std::int64_t>(box.left + box.width, left, image.width);
  const std::int64_t bottom = std::clamp<std::int64_t>(box.top + box.height, top, image.height);
  return {left, top, right - left, bottom - top};
}

void fill_box(Image& image, const PixelBox& box, Colour colour) {
  const PixelBox part = inside(box, image);
  for (std::int64_t y = part.top; y < part.top + part.height; ++y) {
    fill_pixels(colour, image.channels, part.width,
                image.pixels.data() + (y * image.width + part.left) * image.channels);
  }
}

}  // namespace ridgeline::image
