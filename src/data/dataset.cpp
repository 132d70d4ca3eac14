#include "ridgeline/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "data/cached.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {

std::span<const std::uint8_t> ImageSource::bytes(std::size_t) const {
  return {};
}

struct Dataset::Content {
  std::shared_ptr<const ImageSource> images;
  Shape shape;
  std::vector<std::int32_t> labels;
  std::vector<std::string> names;
  std::vector<float> targets;
  std::size_t target_width = 0;
};

namespace {

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

}  // namespace

Dataset::Dataset(std::shared_ptr<const ImageSource> images, std::vector<std::int32_t> labels,
                 std::vector<std::string> class_names)
    : indices_(all_of(images->size())) {
  if (!labels.empty() && labels.size() != images->size()) {
    throw DataError(fmt::format("{} images but {} labels: there must be one label for each image",
                                images->size(), labels.size()));
  }
  const auto classes = static_cast<std::int64_t>(class_names.size());
  const auto wrong = std::find_if(labels.begin(), labels.end(), [&](std::int32_t label) {
    return label < 0 || label >= classes;
  });
  if (wrong != labels.end()) {
    throw DataError(fmt::format("the label of image {} is {}: labels go from 0 to {}",
                                wrong - labels.begin(), *wrong, classes - 1));
  }
  const Shape shape = images->image_shape();
  content_ = std::make_shared<const Content>(
      Content{std::move(images), shape, std::move(labels), std::move(class_names), {}, 0});
}

Dataset::Dataset(std::shared_ptr<const ImageSource> images, std::vector<float> targets,
                 std::int64_t target_width)
    : indices_(all_of(images->size())) {
  if (target_width < 1) {
    throw UsageError(fmt::format("the target width must be at least 1, not {}", target_width));
  }
  const auto width = static_cast<std::size_t>(target_width);
  if (targets.size() % width != 0 || targets.size() / width != images->size()) {
    throw DataError(fmt::format("{} images but {} target values: there must be {} for each image",
                                images->size(), targets.size(), width));
  }
  const Shape shape = images->image_shape();
  content_ = std::make_shared<const Content>(
      Content{std::move(images), shape, {}, {}, std::move(targets), width});
}

Shape Dataset::image_shape() const {
  return content_ ? content_->shape : Shape{};
}

const std::vector<std::string>& Dataset::names() const {
  static const std::vector<std::string> none;
  return content_ ? content_->names : none;
}

bool Dataset::has_classes() const {
  return content_ && !content_->labels.empty();
}

std::int32_t Dataset::label(std::size_t i) const {
  assert(has_classes() && i < size());
  return content_->labels[indices_[i]];
}

std::span<const float> Dataset::target(std::size_t i) const {
  assert(i < size());
  const std::size_t width = content_->target_width;
  return std::span(content_->targets).subspan(indices_[i] * width, width);
}

std::int64_t Dataset::target_width() const {
  return content_ ? static_cast<std::int64_t>(content_->target_width) : 0;
}

void Dataset::read(std::size_t i, std::span<float> pixels) const {
  assert(i < size() && pixels.size() == static_cast<std::size_t>(content_->shape.elements()));
  content_->images->read(indices_[i], pixels);
}

std::span<const std::uint8_t> Dataset::bytes(std::size_t i) const {
  assert(i < size());
  return content_->images->bytes(indices_[i]);
}

bool Dataset::in_memory() const {
  return content_ && content_->images->in_memory();
}

Dataset Dataset::subset(std::span<const std::size_t> which) const {
  Dataset part;
  part.content_ = content_;
  part.indices_.reserve(which.size());
  for (std::size_t i : which) {
    if (i >= size()) {
      throw UsageError(fmt::format("image {} does not exist: the set has {} images", i, size()));
    }
    part.indices_.push_back(indices_[i]);
  }
  return part;
}

Dataset Dataset::take(std::size_t count) const {
  Dataset part = *this;
  part.indices_.resize(std::min(count, size()));
  return part;
}

Dataset Dataset::cache(std::optional<std::size_t> bytes) const {
  if (empty() || in_memory()) return *this;
  Content content = *content_;
  content.images = data::cached(content.images, bytes.value_or(data::half_of_free_memory()));
  Dataset result = *this;
  result.content_ = std::make_shared<const Content>(std::move(content));
  return result;
}

}  // namespace ridgeline
