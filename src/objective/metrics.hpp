#pragma once
// What is counted beside the loss, from the head's values.

#include <cstdint>
#include <span>
#include <vector>

#include "ridgeline/loss.hpp"

namespace ridgeline::objective {

/// The class that an image's head values say: the largest, the first of equal ones; for a single
/// output 1 where it is above the middle (logit 0, probability 0.5).
std::int32_t predicted_class(std::span<const float> values, Head head);
/// Whether an image's values say a class at all: those with a NaN among them do not.
bool says_something(std::span<const float> values);
/// Whether `truth` is among the `count` largest values; of equal ones the first count as larger.
bool in_top(std::span<const float> values, std::int32_t truth, int count);
/// The class that the targets of image i say: its index, or the largest of its values.
std::int32_t true_class(const Targets& targets, std::size_t i);

/// Counts over batches. An image whose values have a NaN among them counts as not recognised, and
/// in no confusion.
class Counts {
 public:
  /// Room for a confusion matrix of `classes` where it is wanted; 0: none.
  explicit Counts(std::int64_t classes = 0);

  /// `values`: images x outputs.
  void add(std::span<const float> values, std::int64_t images, const Targets& targets, Head head);
  void clear();

  std::int64_t images() const { return images_; }
  std::int64_t correct() const { return correct_; }
  std::int64_t in_top5() const { return in_top5_; }
  double accuracy() const { return share(correct_); }
  double top5() const { return share(in_top5_); }
  /// confusion[truth][prediction]
  const std::vector<std::vector<std::int64_t>>& confusion() const { return confusion_; }

 private:
  double share(std::int64_t count) const {
    return images_ == 0 ? 0 : static_cast<double>(count) / static_cast<double>(images_);
  }
  std::int64_t images_ = 0, correct_ = 0, in_top5_ = 0;
  std::vector<std::vector<std::int64_t>> confusion_;
};

}  // namespace ridgeline::objective
