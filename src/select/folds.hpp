#pragma once
// The splits of a selection, which are the same for all trials, and the trainings on them.

#include <vector>

#include "select/task.hpp"

namespace ridgeline::selection {

/// Stratified folds or, for `folds` = 1, one split that holds out `holdout` of the images. Throws
/// UsageError if there are too few images.
std::vector<Split> splits(const Dataset& train, const SelectOptions& options);

/// Throws UsageError if a split trains on fewer images than a batch has.
void check_batch(const std::vector<Split>& splits, std::int64_t batch);

/// How many images each split trains on.
std::vector<std::int64_t> fold_images(const std::vector<Split>& splits);
/// The cost of such a training.
TrainingCost cost_of(const Layout& layout, const ModelOptions& options, const FitOptions& fit);

/// All images that are validation images of a split: the images that scores are measured on.
Dataset validation_images(const Dataset& train, const std::vector<Split>& splits);

/// A stratified share of the images, in (0, 1]. Halves, quarters and so on contain each other.
Dataset share_of(const Dataset& images, double share, std::uint64_t seed);

/// Fits a model: Model::fit or the like.
using Fitting = std::function<History(const Dataset& train, const FitOptions& fit)>;

/// Trains on a split, which replaces the validation of `fit`, as `call` says.
FoldResult train_fold(const Fitting& fitting, const Split& split, FitOptions fit,
                      const FoldCall& call);

/// Trains on all images, without validation, as `call` says.
History train_whole(Model& model, const Dataset& train, FitOptions fit, const RefitCall& call);

}  // namespace ridgeline::selection
