#include "data/pictures/draw.hpp"
#include "image/fill.hpp"

namespace ridgeline::data {
namespace {

void fill_with_noise(const PixelBox& box, Image& image, Random& random) {
  std::uint32_t bits = 0;
  int left = 0;
  for (std::int64_t y = box.top; y < box.top + box.height; ++y) {
    std::uint8_t* to = image.pixels.data() + (y * image.width + box.left) * image.channels;
    for (std::int64_t i = 0; i < box.width * image.channels; ++i) {
      if (left == 0) {
        bits = random.bits();
        left = 4;
      }
      to[i] = static_cast<std::uint8_t>(bits & 255U);
      bits >>= 8;
      --left;
    }
  }
}

}  // namespace

std::optional<Transform> random_erasing(const ErasingOptions& options, Image& image, Random& random,
                                        PictureScratch&) {
  if (!happens(options.probability, random)) return std::nullopt;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const image::Size size =
        draw_size({options.min_scale, options.max_scale, options.min_ratio, options.max_ratio},
                  image.height, image.width, random);
    if (size.height >= image.height || size.width >= image.width) continue;
    const PixelBox box = draw_place(size, image.height, image.width, random);
    if (options.noise) {
      fill_with_noise(box, image, random);
    } else {
      image::fill_box(image, box, options.fill);
    }
    break;
  }
  return std::nullopt;
}

}  // namespace ridgeline::data
