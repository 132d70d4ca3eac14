#include "metrics/batch.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "options/check.hpp"

namespace ridgeline::metrics {
namespace {

std::int32_t largest(std::span<const float> values) {
  return static_cast<std::int32_t>(std::ranges::max_element(values) - values.begin());
}

const TensorView& target_of(const Tensors& targets, const Metric& metric) {
  const auto measured = metric.measures();
  for (const TensorView& tensor : targets) {
    if (std::ranges::find(measured, tensor.name()) != measured.end()) return tensor;
  }
  throw UsageError(fmt::format("{} is not measured on targets called '{}', but on: {}",
                               metric.name(), targets.empty() ? "" : targets[0].name(),
                               fmt::join(measured, ", ")));
}

}  // namespace

Batch::Batch(const Tensors& outputs, const Tensors& targets, const Metric& metric) {
  require(!outputs.empty(), "{} needs an output", metric.name());
  const TensorView& output = outputs[0];
  images_ = static_cast<std::size_t>(output.images());
  width_ = static_cast<std::size_t>(output.row_size());
  outputs_ = output.values<float>();
  const TensorView& target = target_of(targets, metric);
  target_ = target.name();
  require(static_cast<std::size_t>(target.images()) == images_,
          "{} got {} images and the targets of {}", metric.name(), images_, target.images());
  if (target_ == class_tensor) {
    classes_ = target.values<std::int32_t>();
    for (const std::int32_t c : classes_) {
      require(c >= 0 && static_cast<std::size_t>(c) < classes(),
              "{} got class {}, but the output knows classes 0 to {}", metric.name(), c,
              classes() - 1);
    }
  } else {
    const auto given = static_cast<std::size_t>(target.row_size());
    const bool two = target_ == probabilities_tensor && width_ == 1 && given == 2;
    require(given == width_ || two, "{} got targets of {} numbers and outputs of {}", metric.name(),
            given, width_);
    rows_ = target.values<float>();
    // A single output is the probability of the second class.
    for (std::size_t i = 1; two && i < rows_.size(); i += 2) second_.push_back(rows_[i]);
    if (two) rows_ = second_;
  }
  if (const TensorView* weight = targets.find(weight_tensor)) weights_ = weight->values<float>();
  leave_out_weight_0();
}

void Batch::leave_out_weight_0() {
  const auto counts = [](float w) { return w != 0; };
  if (std::ranges::all_of(weights_, counts)) return;
  for (std::size_t i = 0; i < images_; ++i) {
    if (counts(weights_[i])) places_.push_back(i);
  }
  images_ = places_.size();
}

std::int32_t Batch::true_class(std::size_t image) const {
  if (!classes_.empty()) return classes_[place(image)];
  const auto row = target(image);
  return width_ > 1 ? largest(row) : row[0] > 0.5f ? 1 : 0;
}

double Batch::target(std::size_t image, std::size_t i) const {
  if (classes_.empty()) return rows_[place(image) * width_ + i];
  const std::size_t wanted = width_ > 1 ? i : 1;
  return static_cast<std::size_t>(classes_[place(image)]) == wanted ? 1 : 0;
}

bool has_nan(std::span<const float> output) {
  // Without an early exit, compilers vectorise this loop.
  bool found = false;
  for (const float value : output) found |= std::isnan(value);
  return found;
}

std::int32_t predicted_class(std::span<const float> output) {
  if (has_nan(output)) return -1;
  return output.size() > 1 ? largest(output) : output[0] > 0.5f ? 1 : 0;
}

}  // namespace ridgeline::metrics
