#include "ridgeline/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "data/cache/dataset_cache.hpp"
#include "data/fitted.hpp"
#include "data/labelled.hpp"
#include "data/memory.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

TargetSchema numbers(std::int64_t width) {
  if (width < 1) throw UsageError(fmt::format("the width must be at least 1, not {}", width));
  return {"regress", data::numbered_names(width)};
}

}  // namespace

Dataset::Dataset(std::shared_ptr<const SampleSource> samples)
    : samples_(std::move(samples)), indices_(samples_->size()) {
  std::iota(indices_.begin(), indices_.end(), std::size_t{0});
}

Dataset::Dataset(std::shared_ptr<const SampleSource> images, std::vector<std::int32_t> labels,
                 std::vector<std::string> class_names)
    : Dataset(data::with_labels(std::move(images), std::move(labels), std::move(class_names))) {}

Dataset::Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
                 std::int64_t width)
    : Dataset(std::move(images), std::move(values), numbers(width)) {}

Dataset::Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
                 TargetSchema schema)
    : Dataset(data::with_values(std::move(images), std::move(values), std::move(schema))) {}

Shape Dataset::image_shape() const {
  return samples_ ? samples_->image_shape() : Shape{};
}

const TargetSchema& Dataset::schema() const {
  static const TargetSchema none;
  return samples_ ? samples_->schema() : none;
}

std::int64_t Dataset::classes() const {
  return has_classes() ? static_cast<std::int64_t>(names().size()) : 0;
}

Target Dataset::target(std::size_t i) const {
  assert(i < size());
  return samples_->target(indices_[i]);
}

std::int32_t Dataset::label(std::size_t i) const {
  assert(has_classes());
  const Target found = target(i);
  if (const auto* label = std::get_if<std::int32_t>(&found)) return *label;
  if (const auto* soft = std::get_if<std::vector<float>>(&found)) {
    return static_cast<std::int32_t>(std::ranges::max_element(*soft) - soft->begin());
  }
  throw DataError(fmt::format("{} has no class", name(i)));
}

bool Dataset::weighted() const {
  return samples_ && samples_->weighted();
}
double Dataset::weight(std::size_t i) const {
  assert(i < size());
  return samples_->weight(indices_[i]);
}
bool Dataset::grouped() const {
  return samples_ && samples_->grouped();
}
std::int64_t Dataset::group(std::size_t i) const {
  assert(i < size());
  return samples_->group(indices_[i]);
}
std::string Dataset::name(std::size_t i) const {
  assert(i < size());
  return samples_->name(indices_[i]);
}

void Dataset::read(std::size_t i, std::span<float> pixels) const {
  assert(i < size());
  samples_->read(indices_[i], pixels);
}

std::span<const std::uint8_t> Dataset::bytes(std::size_t i) const {
  assert(i < size());
  return samples_->bytes(indices_[i]);
}

bool Dataset::in_memory() const {
  return samples_ && samples_->in_memory();
}

Dataset Dataset::fitted(const Preprocessing& preprocessing) const {
  Dataset result = *this;
  if (samples_) result.samples_ = data::fitted(samples_, preprocessing);
  result.preprocessing_ = preprocessing;
  return result;
}

Dataset Dataset::subset(std::span<const std::size_t> which) const {
  Dataset part;
  part.samples_ = samples_;
  part.preprocessing_ = preprocessing_;
  part.indices_.reserve(which.size());
  for (const std::size_t i : which) {
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

Dataset Dataset::cache(const CacheOptions& options) const {
  Dataset result = *this;
  result.samples_ = data::cached(*this, options);
  return result;
}

}  // namespace ridgeline
