#pragma once
// The kinds of losses, each in a file of its own (registry.cpp has the table), and what they
// share.

#include "ridgeline/loss.hpp"

namespace ridgeline::objective {

/// A kind with its options, and its factory.
struct LossKind {
  Kind kind;
  LossFactory make;
};
LossKind cross_entropy_kind();
LossKind mean_squared_error_kind();
LossKind binary_cross_entropy_kind();
LossKind focal_kind();
LossKind binary_focal_kind();
/// One weight for each class, or "balanced".
Option class_weights_option();

/// The target of one image, output by output. Classes count as one-hot. A single output is for the
/// second of two classes.
class TargetRow {
 public:
  TargetRow(std::int32_t label, std::size_t outputs) : label_(label), outputs_(outputs) {}
  TargetRow(std::span<const float> values, std::size_t outputs)
      : values_(values), outputs_(outputs) {}

  double operator[](std::size_t output) const {
    const std::size_t place = outputs_ == 1 && label_or_two() ? 1 : output;
    if (!values_.empty()) return values_[place];
    return static_cast<std::size_t>(label_) == place ? 1 : 0;
  }

 private:
  bool label_or_two() const { return values_.empty() || values_.size() == 2; }
  std::span<const float> values_;
  std::int32_t label_ = 0;
  std::size_t outputs_;
};

/// The targets of a batch as rows: a "class", or the first other tensor of numbers for each image.
class TargetRows {
 public:
  TargetRows(const Targets& targets, std::size_t outputs);

  std::int64_t images() const { return images_; }
  TargetRow row(std::size_t image) const {
    if (!classes_.empty()) return {classes_[image], outputs_};
    return {values_.subspan(image * width_, width_), outputs_};
  }
  double weight(std::size_t image) const { return weights_.empty() ? 1 : weights_[image]; }

  std::span<const std::int32_t> classes() const { return classes_; }
  std::span<const float> values() const { return values_; }  ///< images x width
  std::size_t width() const { return width_; }
  bool has_weights() const { return !weights_.empty(); }

 private:
  std::span<const std::int32_t> classes_;
  std::span<const float> values_, weights_;
  std::size_t width_ = 0, outputs_;
  std::int64_t images_;
};

/// A loss that is a sum over images, and depends only on the first output.
class PerImageLoss : public Loss {
 public:
  using Loss::evaluate;
  double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                  GradientSpans gradients) const final;
  void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                     std::int64_t first_image) const override;

 protected:
  /// The loss of one image. If `gradient` is not empty, it becomes scale * d(loss) / d(values).
  virtual double of_image(std::span<const float> values, const TargetRow& target, double scale,
                          std::span<float> gradient) const = 0;
};

/// Throws DataError if targets do not fit: counts, a class without an output (a single output is
/// for classes 0 and 1), another width, a value that is not finite, or a weight that is negative.
/// The first image is number `first` in messages.
void check_targets(const Targets& targets, std::int64_t outputs, std::int64_t first);
/// Throws DataError for a target value outside [0, 1].
void check_probabilities(const Targets& targets, std::string_view loss, std::int64_t first);

}  // namespace ridgeline::objective
