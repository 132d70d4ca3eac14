#include "data/memory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/pixels.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

class ByteImages final : public SampleSource {
 public:
  explicit ByteImages(data::ByteRecords records)
      : records_(std::move(records)), pixels_(records_.shape.elements()) {
    if (records_.stride == 0) records_.stride = pixels_;
  }

  std::size_t size() const override { return records_.bytes.size() / records_.stride; }
  Shape image_shape() const override { return records_.shape; }
  bool in_memory() const override { return true; }

  void read(std::size_t index, std::span<float> pixels) const override {
    data::to_floats(bytes(index), pixels.data());
  }

  std::span<const std::uint8_t> bytes(std::size_t index) const override {
    return {records_.bytes.data() + index * records_.stride + records_.offset, pixels_};
  }

 private:
  data::ByteRecords records_;
  std::size_t pixels_;
};

class FloatImages final : public SampleSource {
 public:
  FloatImages(std::vector<float> values, Shape shape)
      : values_(std::move(values)), shape_(std::move(shape)), pixels_(shape_.elements()) {}

  std::size_t size() const override { return values_.size() / pixels_; }
  Shape image_shape() const override { return shape_; }
  bool in_memory() const override { return true; }
  bool eight_bit() const override { return false; }
  void read(std::size_t index, std::span<float> pixels) const override {
    std::copy_n(values_.data() + index * pixels_, pixels_, pixels.data());
  }

 private:
  std::vector<float> values_;
  Shape shape_;
  std::size_t pixels_;
};

template <typename T>
std::vector<T> as_planes(std::span<const T> pixels, const Shape& shape, ImageLayout layout) {
  if (shape.rank() != 3 || *std::min_element(shape.begin(), shape.end()) < 1) {
    throw UsageError(fmt::format(
        "images have the shape channels x height x width, each at least 1, not {}", shape.text()));
  }
  const auto image = static_cast<std::size_t>(shape.elements());
  if (pixels.size() % image != 0) {
    throw DataError(
        fmt::format("{} numbers are not a whole number of images of {} ({} numbers each)",
                    pixels.size(), shape.text(), image));
  }
  std::vector<T> planes(pixels.begin(), pixels.end());
  if (layout == ImageLayout::nchw || shape[0] == 1) return planes;

  const auto channels = static_cast<std::size_t>(shape[0]), positions = image / channels;
  for (std::size_t first = 0; first < pixels.size(); first += image) {
    for (std::size_t position = 0; position < positions; ++position) {
      for (std::size_t channel = 0; channel < channels; ++channel) {
        planes[first + channel * positions + position] =
            pixels[first + position * channels + channel];
      }
    }
  }
  return planes;
}

template <typename T>
Dataset labelled(std::span<const T> pixels, const Shape& shape, ImageLayout layout,
                 std::span<const std::int32_t> labels, std::vector<std::string> names) {
  if (names.empty() && !labels.empty()) {
    names = data::numbered_names(std::int64_t{*std::max_element(labels.begin(), labels.end())} + 1);
  }
  return Dataset(memory_images(pixels, shape, layout), {labels.begin(), labels.end()},
                 std::move(names));
}

}  // namespace

std::shared_ptr<const SampleSource> data::byte_images(ByteRecords records) {
  return std::make_shared<const ByteImages>(std::move(records));
}

std::vector<std::string> data::numbered_names(std::int64_t classes) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

std::shared_ptr<const SampleSource> memory_images(std::span<const std::uint8_t> pixels,
                                                  const Shape& shape, ImageLayout layout) {
  return data::byte_images({.bytes = as_planes(pixels, shape, layout), .shape = shape});
}

std::shared_ptr<const SampleSource> memory_images(std::span<const float> pixels, const Shape& shape,
                                                  ImageLayout layout) {
  return std::make_shared<const FloatImages>(as_planes(pixels, shape, layout), shape);
}

Dataset from_memory(std::span<const std::uint8_t> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names) {
  return labelled(pixels, shape, layout, labels, std::move(names));
}

Dataset from_memory(std::span<const float> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names) {
  return labelled(pixels, shape, layout, labels, std::move(names));
}

}  // namespace ridgeline
