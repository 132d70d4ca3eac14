#include "image/shift.hpp"

#include <algorithm>

namespace ridgeline::image {

std::int64_t reflected(std::int64_t place, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  const std::int64_t in_period = (place % period + period) % period;
  return std::min(in_period, period - in_period);
}

void shift(const ImageView& image, std::int64_t right, std::int64_t down, Border border,
           Colour fill, Image& to) {
  const std::int64_t channels = image.channels, height = image.height, width = image.width;
  to.channels = channels;
  to.height = height;
  to.width = width;
  to.pixels.resize(image.pixels.size());
  // Columns [first, end) of the result come from the image.
  const std::int64_t first = std::clamp<std::int64_t>(right, 0, width);
  const std::int64_t end = std::clamp<std::int64_t>(width + right, first, width);
  for (std::int64_t y = 0; y < height; ++y) {
    std::uint8_t* row = to.pixels.data() + y * width * channels;
    std::int64_t source = y - down;
    if (border == Border::reflect) {
      source = reflected(source, height);
    } else if (source < 0 || source >= height) {
      fill_pixels(fill, channels, width, row);
      continue;
    }
    const std::uint8_t* from = image.pixels.data() + source * width * channels;
    const auto edge = [&](std::int64_t begin, std::int64_t stop) {
      if (border == Border::fill) {
        return fill_pixels(fill, channels, stop - begin, row + begin * channels);
      }
      for (std::int64_t x = begin; x < stop; ++x) {
        std::copy_n(from + reflected(x - right, width) * channels, channels, row + x * channels);
      }
    };
    edge(0, first);
    if (first < end) {
      std::copy_n(from + (first - right) * channels, (end - first) * channels,
                  row + first * channels);
    }
    edge(end, width);
  }
}

}  // namespace ridgeline::image
