#include "data/pictures/draw.hpp"
#include "image/geometry.hpp"

namespace ridgeline::data {
namespace {

/// Whether all corners turn clockwise. Otherwise a part of the image would be mirrored.
bool convex(const image::Corners& corners) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Point a = corners[i], b = corners[(i + 1) % 4], c = corners[(i + 2) % 4];
    if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) <= 0) return false;
  }
  return true;
}

}  // namespace

std::optional<Transform> perspective(const PerspectiveOptions& options, Image& image,
                                     Random& random, PictureScratch& scratch) {
  if (!happens(options.probability, random)) return std::nullopt;
  if (image.height < 2 || image.width < 2) return std::nullopt;
  const auto most = [&](std::int64_t size) {
    const std::int64_t half = size / 2;
    return static_cast<std::int64_t>(options.distortion * static_cast<double>(half));
  };
  // Corners as torchvision has them.
  const auto right = static_cast<double>(image.width - 1),
             bottom = static_cast<double>(image.height - 1);
  const image::Corners from{{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}}};
  // A distortion below 2 / 3 needs one try.
  for (int attempt = 0; attempt < 10; ++attempt) {
    image::Corners to = from;
    for (Point& corner : to) {
      const auto x = static_cast<double>(whole_between(0, most(image.width), random));
      const auto y = static_cast<double>(whole_between(0, most(image.height), random));
      corner.x += corner.x == 0 ? x : -x;
      corner.y += corner.y == 0 ? y : -y;
    }
    if (!convex(to)) continue;
    return warp(image::perspective(image.height, image.width, from, to), options.filter,
                options.fill, image, scratch);
  }
  return std::nullopt;
}

}  // namespace ridgeline::data
