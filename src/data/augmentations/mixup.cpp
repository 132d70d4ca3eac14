#include "data/augmentations/augmentations.hpp"

namespace ridgeline::data {

void draw_mixup(double alpha, const Shape&, Random& random, Mix& mix) {
  mix.share = random.beta(alpha, alpha);
}

void blend_mixup(const Mix& mix, const Changing& image, std::span<const float> other) {
  const auto own = static_cast<float>(mix.share), others = static_cast<float>(1 - mix.share);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = own * image.pixels[i] + others * other[i];
  }
}

}  // namespace ridgeline::data
