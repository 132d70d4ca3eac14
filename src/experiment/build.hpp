#pragma once
// From an experiment to what the library takes.

#include <functional>
#include <string>
#include <string_view>

#include "experiment/experiment.hpp"
#include "interop/folder.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::experiment {

/// The images of an experiment.
struct Images {
  Dataset train;
  Dataset validation;  ///< where data.validation names a folder or a split; else empty
  Dataset test;        ///< may be empty
};
/// Throws DataError, ResourceError.
Images load_images(const Experiment& experiment);

/// The preset for `classes` classes, or the layers.
Network build_network(const Experiment& experiment, std::int64_t classes);
/// Where loss.class_weights is "balanced": images / (classes * images of the class), over all
/// training images (scikit-learn's rule). Throws UsageError for images without classes and
/// DataError for a class without images.
void balance_class_weights(Experiment& experiment, const Dataset& train);
LossPtr build_loss(const Experiment& experiment);
/// Sets the learning rate and the options that are the kind's, but for those that are `given`, to
/// the kind's defaults. Throws UsageError for an unknown kind.
void take_defaults(OptimizerSection& section,
                   const std::function<bool(std::string_view field)>& given);
/// Throws UsageError for an option that is not the kind's.
OptimizerSetting build_optimizer(const Experiment& experiment);

ModelOptions model_options(const Experiment& experiment, const Dataset& train);
FitOptions fit_options(const Experiment& experiment, const Images& images);
/// Throws UsageError where a hold-out is asked for and data.validation is not a fraction.
SelectOptions select_options(const Experiment& experiment);

/// Makes a folder that did not exist, from a pattern: {time} is the time of day, and a number is
/// put behind it where that folder is there already. The one that a pattern without {time} names
/// may exist. Throws ResourceError.
interop::NewFolder new_folder(const std::string& pattern);

}  // namespace ridgeline::experiment
