#include <algorithm>
#include <array>
#include <span>

#include "data/pictures/draw.hpp"
#include "image/levels.hpp"
#include "image/recolour.hpp"

namespace ridgeline::data {

std::optional<Transform> colour_jitter(const ColourJitterOptions& options, Image& image,
                                       Random& random, PictureScratch&) {
  std::array<int, 4> order{0, 1, 2, 3};
  shuffle(std::span<int>(order), random);
  const auto factor = [&](double most) {
    return between(std::max(0.0, 1 - most), 1 + most, random);
  };
  // All are drawn, so that none depends on which of the others is used.
  const double brightness = factor(options.brightness), contrast = factor(options.contrast),
               saturation = factor(options.saturation), hue = up_to(options.hue, random);
  for (const int change : order) {
    if (change == 0 && options.brightness > 0) image::adjust_brightness(image, brightness);
    if (change == 1 && options.contrast > 0) image::adjust_contrast(image, contrast);
    if (change == 2 && options.saturation > 0) image::adjust_saturation(image, saturation);
    if (change == 3 && options.hue > 0) image::adjust_hue(image, hue);
  }
  return std::nullopt;
}

}  // namespace ridgeline::data
