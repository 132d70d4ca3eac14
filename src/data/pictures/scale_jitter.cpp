#include <algorithm>
#include <cmath>

#include "data/pictures/draw.hpp"
#include "image/fill.hpp"

namespace ridgeline::data {
namespace {

/// One axis: the part of the image that is seen, and its place in the result.
struct AxisPart {
  double part_start, part_length;
  std::int64_t place, length;
  double scale;
};

AxisPart draw_axis(std::int64_t size, double scale, Random& random) {
  const std::int64_t resized =
      std::max<std::int64_t>(1, std::llround(scale * static_cast<double>(size)));
  const std::int64_t start = whole_between(std::min<std::int64_t>(size - resized, 0),
                                           std::max<std::int64_t>(size - resized, 0), random);
  const double by = static_cast<double>(resized) / static_cast<double>(size);
  if (resized <= size) return {0, static_cast<double>(size), start, resized, by};
  return {static_cast<double>(-start) / by, static_cast<double>(size) / by, 0, size, by};
}

Transform rescale(double scale, Filter filter, Colour fill, Image& image, Random& random,
                  PictureScratch& scratch) {
  const std::int64_t height = image.height, width = image.width, channels = image.channels;
  const AxisPart down = draw_axis(height, scale, random), across = draw_axis(width, scale, random);
  // Rounding must not move the box out of the image.
  const auto rest = [](double start, double length, std::int64_t size) {
    return std::min(length, static_cast<double>(size) - start);
  };
  const image::RealBox box{across.part_start, down.part_start,
                           rest(across.part_start, across.part_length, width),
                           rest(down.part_start, down.part_length, height)};
  image::resize(image, {down.length, across.length}, filter, box, scratch.other, scratch.resize);
  if (down.length == height && across.length == width) {
    std::swap(image, scratch.other);
  } else {
    image::fill_pixels(fill, channels, height * width, image.pixels.data());
    for (std::int64_t y = 0; y < down.length; ++y) {
      std::copy_n(scratch.other.pixels.data() + y * across.length * channels,
                  across.length * channels,
                  image.pixels.data() + ((down.place + y) * width + across.place) * channels);
    }
  }
  return {{across.scale, 0, static_cast<double>(across.place) - across.part_start * across.scale, 0,
           down.scale, static_cast<double>(down.place) - down.part_start * down.scale, 0, 0, 1},
          height,
          width};
}

}  // namespace

std::optional<Transform> scale_jitter(const ScaleJitterOptions& options, Image& image,
                                      Random& random, PictureScratch& scratch) {
  const double scale = between(options.min_scale, options.max_scale, random);
  return rescale(scale, options.filter, options.fill, image, random, scratch);
}

std::optional<Transform> zoom_out(const ZoomOutOptions& options, Image& image, Random& random,
                                  PictureScratch& scratch) {
  if (!happens(options.probability, random)) return std::nullopt;
  const double side = between(1, options.max_side, random);
  return rescale(1 / side, options.filter, options.fill, image, random, scratch);
}

}  // namespace ridgeline::data
