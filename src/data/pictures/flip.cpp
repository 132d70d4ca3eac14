#include "image/flip.hpp"

#include "data/pictures/draw.hpp"
#include "image/geometry.hpp"

namespace ridgeline::data {
namespace {

Transform flipped(Image& image) {
  image::flip_horizontal(image);
  return Transform::flip(image.height, image.width);
}

}  // namespace

std::optional<Transform> horizontal_flip(const FlipOptions& options, Image& image, Random& random,
                                         PictureScratch&) {
  if (!happens(options.probability, random)) return std::nullopt;
  return flipped(image);
}

std::optional<Transform> vertical_flip(const FlipOptions& options, Image& image, Random& random,
                                       PictureScratch&) {
  if (!happens(options.probability, random)) return std::nullopt;
  image::flip_vertical(image);
  return image::flip_vertical(image.height, image.width);
}

std::optional<Transform> alternating_flip(std::uint64_t seed, std::uint64_t id, std::uint64_t epoch,
                                          Image& image) {
  // This stream belongs to no epoch, so it is the same in all epochs.
  Random random(seed, Purpose::augment, ~std::uint64_t{0}, id);
  const bool first = (random.bits() & 1U) != 0;
  if (first == (epoch % 2 == 1)) return std::nullopt;
  return flipped(image);
}

}  // namespace ridgeline::data
