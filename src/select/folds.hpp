#pragma once
// The trainings on the splits of a selection.

#include "select/task.hpp"

namespace ridgeline::selection {

/// The cost of a training on a fold.
TrainingCost cost_of(const Layout& layout, const ModelOptions& options, const FitOptions& fit);

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
