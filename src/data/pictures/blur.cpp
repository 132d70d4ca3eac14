#include "data/pictures/draw.hpp"

namespace ridgeline::data {

std::optional<Transform> blur(const BlurOptions& options, Image& image, Random& random,
                              PictureScratch& scratch) {
  if (!happens(options.probability, random)) return std::nullopt;
  image::gaussian_blur(image, static_cast<int>(options.size),
                       between(options.min_sigma, options.max_sigma, random), scratch.blur);
  return std::nullopt;
}

}  // namespace ridgeline::data
