#include "data/pictures/operations.hpp"

#include <cmath>
#include <numbers>

#include "image/geometry.hpp"
#include "image/levels.hpp"
#include "image/recolour.hpp"

namespace ridgeline::data {
namespace {

std::optional<Transform> translate(std::int64_t right, std::int64_t down, Colour fill, Image& image,
                                   PictureScratch& scratch) {
  if (right == 0 && down == 0) return std::nullopt;
  image::shift(image, right, down, Border::fill, fill, scratch.other);
  std::swap(image, scratch.other);
  return image::shift(image.height, image.width, static_cast<double>(right),
                      static_cast<double>(down));
}

/// The angle of a shear by `pixels` for each pixel.
double angle(double pixels) {
  return std::atan(pixels) * 180 / std::numbers::pi;
}

}  // namespace

std::optional<Transform> apply_operation(Operation operation, const Strength& strength,
                                         double magnitude, const Sampling& sampling, Image& image,
                                         PictureScratch& scratch) {
  const auto change = [&](const image::AffineChange& by, Point centre) {
    return warp(image::affine(image.height, image.width, by, centre), sampling.filter,
                sampling.fill, image, scratch);
  };
  const Point centre{static_cast<double>(image.width) / 2, static_cast<double>(image.height) / 2};
  const double factor = 1 + strength.factor * magnitude;
  switch (operation) {
    case Operation::identity:
      break;
    // The upper left corner does not move.
    case Operation::shear_x:
      return change({.shear_x = angle(strength.shear * magnitude)}, {});
    case Operation::shear_y:
      return change({.shear_y = angle(strength.shear * magnitude)}, {});
    case Operation::translate_x:
      return translate(static_cast<std::int64_t>(strength.translate_x * magnitude), 0,
                       sampling.fill, image, scratch);
    case Operation::translate_y:
      return translate(0, static_cast<std::int64_t>(strength.translate_y * magnitude),
                       sampling.fill, image, scratch);
    case Operation::rotate:
      return change({.degrees = strength.degrees * magnitude}, centre);
    case Operation::brightness:
      image::adjust_brightness(image, factor);
      break;
    case Operation::saturation:
      image::adjust_saturation(image, factor);
      break;
    case Operation::contrast:
      image::adjust_contrast(image, factor);
      break;
    case Operation::sharpness:
      image::adjust_sharpness(image, factor, scratch.blur);
      break;
    case Operation::posterize:
      // Halves to even, as torchvision rounds.
      image::posterize(image, static_cast<int>(std::nearbyint(8 - strength.lost_bits * magnitude)));
      break;
    case Operation::solarize:
      image::solarize(image, 255 - 255 * magnitude);
      break;
    case Operation::autocontrast:
      image::autocontrast(image);
      break;
    case Operation::equalize:
      image::equalize(image);
      break;
  }
  return std::nullopt;
}

std::optional<Transform> apply_random_operation(const Strength& strength, double part,
                                                const Sampling& sampling, Image& image,
                                                Random& random, PictureScratch& scratch) {
  const auto operation = static_cast<Operation>(random.below(operations));
  // Drawn for every operation, so that later random numbers do not depend on the operation.
  const bool other_way = happens(0.5, random);
  const bool two_ways = operation >= Operation::shear_x && operation <= Operation::sharpness;
  return apply_operation(operation, strength, two_ways && other_way ? -part : part, sampling, image,
                         scratch);
}

}  // namespace ridgeline::data
