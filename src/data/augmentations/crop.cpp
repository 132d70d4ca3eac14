#include <algorithm>
#include <cstdlib>

#include "data/augmentations/augmentations.hpp"

namespace ridgeline::data {
namespace {

/// Moves the image by (down, right) and fills what becomes free with zeros.
void shift(const Changing& image, std::int64_t down, std::int64_t right) {
  const std::int64_t channels = image.shape[0], height = image.shape[1], width = image.shape[2];
  std::copy(image.pixels.begin(), image.pixels.end(), image.scratch.begin());
  std::fill(image.pixels.begin(), image.pixels.end(), 0.0f);
  const std::int64_t kept = width - std::abs(right);
  const std::int64_t to = std::max<std::int64_t>(right, 0),
                     from = std::max<std::int64_t>(-right, 0);
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t y = std::max<std::int64_t>(down, 0); y < std::min(height, height + down);
         ++y) {
      const float* source = image.scratch.data() + (c * height + y - down) * width + from;
      std::copy_n(source, kept, image.pixels.data() + (c * height + y) * width + to);
    }
  }
}

}  // namespace

void crop(double most, const Changing& image, Random& random) {
  const auto pixels = static_cast<std::int64_t>(most);
  const auto draw = [&] {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * pixels + 1))) -
           pixels;
  };
  const std::int64_t down = draw();
  shift(image, down, draw());
}

}  // namespace ridgeline::data
