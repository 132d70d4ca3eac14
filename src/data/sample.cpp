// The defaults of a source of samples.

#include "ridgeline/sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "image/planes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {

const TargetSchema& SampleSource::schema() const {
  static const TargetSchema none;
  return none;
}
Target SampleSource::target(std::size_t) const {
  return std::monostate();
}
double SampleSource::weight(std::size_t) const {
  return 1;
}
std::int64_t SampleSource::group(std::size_t) const {
  return -1;
}
std::string SampleSource::name(std::size_t index) const {
  return "image " + std::to_string(index);
}
std::optional<std::uint64_t> SampleSource::stamp(std::size_t) const {
  return std::nullopt;
}
Shape SampleSource::image_shape() const {
  return {};
}
Shape SampleSource::shape_of(std::size_t index) const {
  if (const Shape all = image_shape(); all.rank() > 0) return all;
  const Image decoded = image(index);
  return {decoded.channels, decoded.height, decoded.width};
}

void SampleSource::decode(std::size_t index, const Choose& choose, DecodedImage& to) const {
  const auto planes = bytes(index);
  const Shape shape = image_shape();
  if (planes.empty() || shape.rank() != 3) {
    throw UsageError(name(index) + " is not an image of bytes");
  }
  const ImageRequest request = choose(shape);
  const auto [left, top, width, height] = request.box.value_or(PixelBox{0, 0, shape[2], shape[1]});
  to.box = {static_cast<double>(left), static_cast<double>(top), static_cast<double>(width),
            static_cast<double>(height)};
  Image& image = to.image;
  image.channels = shape[0];
  image.height = shape[1];
  image.width = shape[2];
  image.pixels.resize(planes.size());
  const auto channels = static_cast<std::size_t>(shape[0]), area = planes.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < area; ++i) image.pixels[i * channels + c] = planes[c * area + i];
  }
}

Image SampleSource::image(std::size_t index) const {
  DecodedImage decoded;
  decode(
      index, [](const Shape&) { return ImageRequest(); }, decoded);
  return std::move(decoded.image);
}

void SampleSource::read(std::size_t index, std::span<float> pixels) const {
  const Image decoded = image(index);
  if (pixels.size() != decoded.pixels.size()) {
    throw DataError(
        fmt::format("{} is {}x{}x{}, and images of one size are expected: set data.size",
                    name(index), decoded.channels, decoded.height, decoded.width));
  }
  image::to_planes(decoded, false, pixels);
}

std::span<const std::uint8_t> SampleSource::bytes(std::size_t) const {
  return {};
}

}  // namespace ridgeline
