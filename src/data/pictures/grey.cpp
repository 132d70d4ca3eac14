#include "data/pictures/draw.hpp"
#include "image/recolour.hpp"

namespace ridgeline::data {

std::optional<Transform> random_grey(const GreyOptions& options, Image& image, Random& random,
                                     PictureScratch&) {
  if (happens(options.probability, random)) image::make_grey(image);
  return std::nullopt;
}

}  // namespace ridgeline::data
