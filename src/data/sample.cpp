#include "ridgeline/sample.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ridgeline/error.hpp"

namespace ridgeline {

double SampleSource::weight(std::size_t) const {
  return 1;
}

std::int64_t SampleSource::group(std::size_t) const {
  return -1;
}

std::string SampleSource::name(std::size_t index) const {
  return fmt::format("image {}", index);
}

Shape SampleSource::image_shape() const {
  return {};
}

Shape SampleSource::image_shape(std::size_t index) const {
  if (Shape common = image_shape(); common.rank() > 0) return common;
  const Image decoded = image(index);
  return {decoded.channels, decoded.height, decoded.width};
}

std::span<const std::uint8_t> SampleSource::bytes(std::size_t) const {
  return {};
}

Image SampleSource::image(std::size_t index, const ImageRequest&) const {
  const std::span<const std::uint8_t> planes = bytes(index);
  const Shape shape = image_shape();
  if (planes.empty() || shape.rank() != 3) {
    throw UsageError(fmt::format("{} is not made of bytes", name(index)));
  }
  Image result{shape[0], shape[1], shape[2], std::vector<std::uint8_t>(planes.size())};
  const auto channels = static_cast<std::size_t>(shape[0]), plane = planes.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < plane; ++i) {
      result.pixels[i * channels + c] = planes[c * plane + i];
    }
  }
  return result;
}

void SampleSource::read(std::size_t index, std::span<float> pixels) const {
  const Image decoded = image(index);
  if (decoded.pixels.size() != pixels.size()) {
    throw DataError(
        fmt::format("{} is {}x{}x{}, and images of one size are expected: set data.size",
                    name(index), decoded.channels, decoded.height, decoded.width));
  }
  const auto channels = static_cast<std::size_t>(decoded.channels),
             plane = decoded.pixels.size() / std::max<std::size_t>(channels, 1);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < plane; ++i) {
      pixels[c * plane + i] = static_cast<float>(decoded.pixels[i * channels + c]) / 255.0F;
    }
  }
}

}  // namespace ridgeline
