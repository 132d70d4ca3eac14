#pragma once
// The outputs and targets of a batch, as metrics read them. Images of weight 0, such as those that
// cannot be read, are left out.

#include <cstdint>
#include <span>
#include <vector>

#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

class Batch {
 public:
  /// Throws UsageError for outputs and targets that do not fit the metric.
  Batch(const Tensors& outputs, const Tensors& targets, const Metric& metric);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::size_t images() const { return images_; }
  /// Numbers of the first output for one image.
  std::size_t width() const { return width_; }
  /// The number of classes. A single output tells two apart.
  std::size_t classes() const { return width_ > 1 ? width_ : 2; }
  std::span<const float> output(std::size_t image) const {
    return outputs_.subspan(place(image) * width_, width_);
  }
  double weight(std::size_t image) const { return weights_.empty() ? 1 : weights_[place(image)]; }

  /// Whether the targets are labels, not classes.
  bool multi_label() const { return target_ == labels_tensor; }
  /// The class index, or the largest of the probabilities.
  std::int32_t true_class(std::size_t image) const;
  /// The targets of one image as numbers. Not for class indices.
  std::span<const float> target(std::size_t image) const {
    return rows_.subspan(place(image) * width_, width_);
  }
  /// The target of output `i`. A class index counts as one-hot.
  double target(std::size_t image, std::size_t i) const;

 private:
  // Among the images of the tensors.
  std::size_t place(std::size_t image) const { return places_.empty() ? image : places_[image]; }
  void leave_out_weight_0();

  std::string_view target_;
  std::size_t images_ = 0, width_ = 1;
  std::span<const float> outputs_, rows_, weights_;
  std::span<const std::int32_t> classes_;
  std::vector<std::size_t> places_;  // of the images that count; empty if all of them do
  std::vector<float> second_;        // of two classes, the probabilities of the second
};

/// Whether a value is NaN. Such an output has no prediction.
bool has_nan(std::span<const float> output);
/// The index of the largest value, the first of equal ones. For a single probability, 1 if it is
/// above 0.5, else 0. -1 if a value is NaN.
std::int32_t predicted_class(std::span<const float> output);

}  // namespace ridgeline::metrics
