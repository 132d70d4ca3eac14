#pragma once
// Divides the images of a selection into training and validation images. All trials have the same
// splits.

#include <string>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// The splits that the options ask for, repeat by repeat. Throws UsageError for options out of
/// their limits, too few images or groups, and own splits that are not valid.
std::vector<Split> splits(const Dataset& images, const SelectOptions& options);

/// Throws UsageError for limits that do not depend on the images.
void check_split_options(const SelectOptions& options);

/// Throws UsageError if a split trains on fewer images than a batch has.
void check_batch(const std::vector<Split>& splits, std::int64_t batch);

/// How many images each split trains on.
std::vector<std::int64_t> fold_images(const std::vector<Split>& splits);

/// All images that are validation images of a split: the images that scores are measured on.
Dataset validation_images(const Dataset& images, const std::vector<Split>& splits);

/// How many folds with distinct validation images the first folds are worth: element j - 1 is the
/// number of distinct validation images of the first j folds, divided by the mean number in a fold.
std::vector<double> distinct_folds(const std::vector<Split>& splits);

/// A text that differs for other splits.
std::string describe(const std::vector<Split>& splits);

}  // namespace ridgeline::selection
