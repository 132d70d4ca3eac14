#pragma once
// What the changes of pictures have in common: random numbers, boxes and transforms.

#include <cstdint>
#include <utility>

#include "data/pictures/pictures.hpp"

namespace ridgeline::data {

inline bool happens(double probability, Random& random) {
  return random.uniform_double() < probability;
}
inline double between(double least, double most, Random& random) {
  return least + (most - least) * random.uniform_double();
}
inline double up_to(double most, Random& random) {
  return between(-most, most, random);
}
/// From `least` to `most`, both included.
inline std::int64_t whole_between(std::int64_t least, std::int64_t most, Random& random) {
  return least +
         static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most - least) + 1));
}

struct RandomBoxOptions {
  double min_scale, max_scale;  ///< of the image's area
  double min_ratio, max_ratio;
};
/// The size of a box with a random area and a random ratio of width to height, uniform in its
/// logarithm, rounded to whole pixels. It may be empty or larger than the image.
image::Size draw_size(const RandomBoxOptions& options, std::int64_t height, std::int64_t width,
                      Random& random);
/// A box of this size, anywhere in the image.
PixelBox draw_place(image::Size size, std::int64_t height, std::int64_t width, Random& random);

/// Changes the image and returns the transform.
inline Transform warp(const Transform& transform, Filter filter, Colour fill, Image& image,
                      PictureScratch& scratch) {
  image::warp(image, transform, filter, fill, scratch.other, scratch.warp);
  std::swap(image, scratch.other);
  return transform;
}

}  // namespace ridgeline::data
