#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/formats/image.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

/// The inputs that one output of a resized line is the weighted mean of.
struct Tap {
  std::int64_t first = 0;
  std::vector<float> weights;
};

std::vector<Tap> taps(std::int64_t from, std::int64_t to) {
  std::vector<Tap> taps;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(scale, 1.0);
  for (std::int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(0, std::llround(std::floor(centre - reach)));
    const auto end = std::min<std::int64_t>(from, std::llround(std::ceil(centre + reach)));
    Tap tap{first, {}};
    double sum = 0;
    for (std::int64_t x = first; x < end; ++x) {
      const double distance = std::abs(static_cast<double>(x) + 0.5 - centre) / reach;
      tap.weights.push_back(static_cast<float>(std::max(0.0, 1 - distance)));
      sum += tap.weights.back();
    }
    for (float& weight : tap.weights) weight = static_cast<float>(weight / sum);
    taps.push_back(std::move(tap));
  }
  return taps;
}

/// A plane of `height` x `width` to `taps.size()` columns.
std::vector<float> resize_rows(const std::vector<float>& plane, std::int64_t width,
                               const std::vector<Tap>& taps) {
  const std::size_t rows = plane.size() / static_cast<std::size_t>(width);
  std::vector<float> out;
  out.reserve(rows * taps.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const float* line = plane.data() + row * static_cast<std::size_t>(width);
    for (const Tap& tap : taps) {
      float sum = 0;
      for (std::size_t i = 0; i < tap.weights.size(); ++i)
        sum += tap.weights[i] * line[tap.first + static_cast<std::int64_t>(i)];
      out.push_back(sum);
    }
  }
  return out;
}

std::vector<float> transpose(const std::vector<float>& plane, std::int64_t width) {
  const auto columns = static_cast<std::size_t>(width), rows = plane.size() / columns;
  std::vector<float> out(plane.size());
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) out[x * rows + y] = plane[y * columns + x];
  }
  return out;
}

/// One channel in [0, 1], of an image that is to have `channels`.
std::vector<float> plane(const Image& image, std::int64_t channels, std::int64_t channel) {
  const auto step = static_cast<std::size_t>(image.channels);
  std::vector<float> out(image.pixels.size() / step);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint8_t* pixel = image.pixels.data() + i * step;
    out[i] = step == 1       ? pixel[0]
             : channels == 1 ? 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2]
                             : pixel[channel];
    out[i] /= 255.0F;
  }
  return out;
}

}  // namespace

std::vector<float> fit_image(const Image& image, const Shape& shape) {
  if (shape.rank() != 3 || (shape[0] != 1 && shape[0] != 3)) {
    throw UsageError(fmt::format(
        "image files have 1 or 3 channels, and this model takes images of {}", shape.text()));
  }
  const auto rows = taps(image.height, shape[1]);
  const auto columns = taps(image.width, shape[2]);
  std::vector<float> pixels;
  for (std::int64_t channel = 0; channel < shape[0]; ++channel) {
    const auto wide = resize_rows(plane(image, shape[0], channel), image.width, columns);
    const auto turned = resize_rows(transpose(wide, shape[2]), image.height, rows);
    const auto done = transpose(turned, shape[1]);
    pixels.insert(pixels.end(), done.begin(), done.end());
  }
  return pixels;
}

}  // namespace ridgeline::data
