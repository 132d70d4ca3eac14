#include "image/flip.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace ridgeline::image {
namespace {

struct Rgb {
  std::array<std::uint8_t, 3> channels;
};

template <typename Pixel>
void reverse_rows(Image& image) {
  static_assert(sizeof(Pixel) == 1 || sizeof(Pixel) == 3);
  const auto bytes = static_cast<std::size_t>(image.width) * sizeof(Pixel);
  for (std::int64_t y = 0; y < image.height; ++y) {
    std::uint8_t* left = image.pixels.data() + static_cast<std::size_t>(y) * bytes;
    std::uint8_t* right = left + bytes;
    for (std::int64_t x = 0; x < image.width / 2; ++x, left += sizeof(Pixel)) {
      right -= sizeof(Pixel);
      Pixel a, b;
      std::memcpy(&a, left, sizeof(Pixel));
      std::memcpy(&b, right, sizeof(Pixel));
      std::memcpy(left, &b, sizeof(Pixel));
      std::memcpy(right, &a, sizeof(Pixel));
    }
  }
}

}  // namespace

void flip_horizontal(Image& image) {
  if (image.channels == 1) {
    reverse_rows<std::uint8_t>(image);
  } else {
    reverse_rows<Rgb>(image);
  }
}

void flip_vertical(Image& image) {
  const std::int64_t bytes = image.width * image.channels;
  for (std::int64_t y = 0; y < image.height / 2; ++y) {
    std::uint8_t* upper = image.pixels.data() + y * bytes;
    std::swap_ranges(upper, upper + bytes, image.pixels.data() + (image.height - 1 - y) * bytes);
  }
}

}  // namespace ridgeline::image
