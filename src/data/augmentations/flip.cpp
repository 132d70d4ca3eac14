#include "data/augmentations/augmentations.hpp"
#include "data/pixels.hpp"

namespace ridgeline::data {

void flip(double, const Changing& image, Random& random) {
  if (random.uniform() < 0.5f) mirror(static_cast<std::size_t>(image.shape[2]), image.pixels);
}

}  // namespace ridgeline::data
