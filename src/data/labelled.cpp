#include "data/labelled.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/wrapper.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

class WithLabels final : public WrappedSource {
 public:
  WithLabels(std::shared_ptr<const SampleSource> images, std::vector<std::int32_t> labels,
             std::vector<std::string> names)
      : WrappedSource(std::move(images)),
        schema_{labels.empty() ? "" : "classify", std::move(names)},
        labels_(std::move(labels)) {}
  const TargetSchema& schema() const override { return schema_; }
  Target target(std::size_t i) const override {
    return labels_.empty() ? Target() : Target(labels_[i]);
  }

 private:
  TargetSchema schema_;
  std::vector<std::int32_t> labels_;
};

class WithValues final : public WrappedSource {
 public:
  WithValues(std::shared_ptr<const SampleSource> images, std::vector<float> values,
             TargetSchema schema)
      : WrappedSource(std::move(images)), schema_(std::move(schema)), values_(std::move(values)) {}
  const TargetSchema& schema() const override { return schema_; }
  Target target(std::size_t i) const override {
    const auto width = static_cast<std::ptrdiff_t>(schema_.names.size());
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(i) * width;
    return std::vector<float>(first, first + width);
  }

 private:
  TargetSchema schema_;
  std::vector<float> values_;
};

}  // namespace

std::shared_ptr<const SampleSource> with_labels(std::shared_ptr<const SampleSource> images,
                                                std::vector<std::int32_t> labels,
                                                std::vector<std::string> names) {
  if (!labels.empty() && labels.size() != images->size()) {
    throw DataError(fmt::format("{} images but {} labels: there must be one label for each image",
                                images->size(), labels.size()));
  }
  const auto classes = static_cast<std::int64_t>(names.size());
  const auto wrong = std::ranges::find_if(
      labels, [&](std::int32_t label) { return label < 0 || label >= classes; });
  if (wrong != labels.end()) {
    throw DataError(fmt::format("the label of image {} is {}: labels go from 0 to {}",
                                wrong - labels.begin(), *wrong, classes - 1));
  }
  return std::make_shared<const WithLabels>(std::move(images), std::move(labels), std::move(names));
}

std::shared_ptr<const SampleSource> with_values(std::shared_ptr<const SampleSource> images,
                                                std::vector<float> values, TargetSchema schema) {
  const std::size_t width = schema.names.size();
  if (values.size() != images->size() * width) {
    throw DataError(fmt::format("{} images but {} target values: there must be {} for each image",
                                images->size(), values.size(), width));
  }
  return std::make_shared<const WithValues>(std::move(images), std::move(values),
                                            std::move(schema));
}

}  // namespace ridgeline::data
