#pragma once
// The images of a batch as metrics read them: those of weight 0, such as images that cannot be
// read, are left out.

#include <cstdint>
#include <span>
#include <vector>

#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

class Batch {
 public:
  /// Throws UsageError for outputs and targets that are not the metric's.
  Batch(const Tensors& outputs, const Tensors& targets, const Metric& metric);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::size_t images() const { return images_; }
  /// Numbers of the first output for one image.
  std::size_t width() const { return width_; }
  /// Classes that the output tells apart: a single output tells two.
  std::size_t classes() const { return width_ > 1 ? width_ : 2; }
  std::span<const float> output(std::size_t image) const {
    return outputs_.subspan(place(image) * width_, width_);
  }
  double weight(std::size_t image) const { return weights_.empty() ? 1 : weights_[place(image)]; }

  /// Whether the targets are labels, not classes.
  bool multi_label() const { return target_ == labels_tensor; }
  /// The class index, or the largest of the probabilities.
  std::int32_t true_class(std::size_t image) const;
  /// The targets of one image as numbers: all but class indices.
  std::span<const float> target(std::size_t image) const {
    return rows_.subspan(place(image) * width_, width_);
  }
  /// What the target says of output `i`: a class index counts as one-hot.
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
  std::vector<float> second_;        // the probabilities of the second class of two
};

/// Whether a value is NaN: such an output says nothing.
bool has_nan(std::span<const float> output);
/// The largest value, the first of equal ones; of a single probability 1 where it is above 0.5.
/// -1 where a value is NaN.
std::int32_t predicted_class(std::span<const float> output);

}  // namespace ridgeline::metrics
