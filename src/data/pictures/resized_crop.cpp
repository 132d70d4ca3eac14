#include <algorithm>
#include <cmath>

#include "data/pictures/draw.hpp"

namespace ridgeline::data {

image::Size draw_size(const RandomBoxOptions& options, std::int64_t height, std::int64_t width,
                      Random& random) {
  const double all = static_cast<double>(height) * static_cast<double>(width);
  const double area = all * between(options.min_scale, options.max_scale, random);
  const double ratio =
      std::exp(between(std::log(options.min_ratio), std::log(options.max_ratio), random));
  return {std::llround(std::sqrt(area / ratio)), std::llround(std::sqrt(area * ratio))};
}

PixelBox draw_place(image::Size size, std::int64_t height, std::int64_t width, Random& random) {
  const std::int64_t top = whole_between(0, height - size.height, random);
  return {whole_between(0, width - size.width, random), top, size.width, size.height};
}

image::RealBox draw_resized_crop(const ResizedCropOptions& options, std::int64_t height,
                                 std::int64_t width, Random& random) {
  const auto real = [](const PixelBox& box) {
    return image::RealBox{static_cast<double>(box.left), static_cast<double>(box.top),
                          static_cast<double>(box.width), static_cast<double>(box.height)};
  };
  for (int attempt = 0; attempt < 10; ++attempt) {
    const image::Size size =
        draw_size({options.min_scale, options.max_scale, options.min_ratio, options.max_ratio},
                  height, width, random);
    if (size.width < 1 || size.height < 1 || size.width > width || size.height > height) continue;
    return real(draw_place(size, height, width, random));
  }
  const double ratio = static_cast<double>(width) / static_cast<double>(height);
  image::Size size{height, width};
  if (ratio < options.min_ratio) {
    size.height = std::llround(static_cast<double>(width) / options.min_ratio);
  } else if (ratio > options.max_ratio) {
    size.width = std::llround(static_cast<double>(height) * options.max_ratio);
  }
  size.height = std::clamp<std::int64_t>(size.height, 1, height);
  size.width = std::clamp<std::int64_t>(size.width, 1, width);
  return real({(width - size.width) / 2, (height - size.height) / 2, size.width, size.height});
}

}  // namespace ridgeline::data
