#include "data/augmentations/augmentations.hpp"

namespace ridgeline::data {

void noise(double deviation, const Changing& image, Random& random) {
  random.normals(image.scratch);
  const auto scale = static_cast<float>(deviation);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] += scale * image.scratch[i];
  }
}

}  // namespace ridgeline::data
