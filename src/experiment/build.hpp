#pragma once
// Makes what the library takes from an experiment.

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
  Dataset validation;  ///< if data.validation names a folder or a split; else empty
  Dataset test;        ///< may be empty
  std::vector<std::string> notes = {};  ///< sentences for the user about what was left out
};
/// Throws DataError, ResourceError.
Images load_images(const Experiment& experiment);
/// The same without resizing. No image is read.
Images open_images(const Experiment& experiment);

/// Makes the choices that need the images, so that records contain them: the size of images, the
/// source's own validation part, and the loss of the task. Throws UsageError for train.metrics and
/// train.monitor that are not measured on such images.
void settle(Experiment& experiment, const Images& images);

/// `classes` classes with their numbers as names.
TargetSchema numbered_classes(std::int64_t classes);
/// The layers, or the preset with an output for each name of the schema, with the last activation
/// that the task needs.
Network build_network(const Experiment& experiment, const TargetSchema& schema);
/// Replaces loss.class_weights = "balanced" by images / (classes * images of the class) over all
/// training images (scikit-learn's rule). Throws UsageError for images without classes and
/// DataError for a class without images.
void balance_class_weights(Experiment& experiment, const Dataset& train);
LossPtr build_loss(const Experiment& experiment);
/// Sets the options of the source, the loss and the optimiser, and the learning rate, to the
/// defaults of their kinds, except those for which `given(key)` is true. Throws UsageError for an
/// unknown optimiser, and for given options that do not fit the kinds.
void take_defaults(Experiment& experiment, const std::function<bool(std::string_view key)>& given);
/// Throws UsageError for an option that the optimiser does not have.
OptimizerSetting build_optimizer(const Experiment& experiment);

ModelOptions model_options(const Experiment& experiment, const Dataset& train);
FitOptions fit_options(const Experiment& experiment, const Images& images);
/// Throws UsageError if a hold-out is asked for and data.validation is not a fraction.
SelectOptions select_options(const Experiment& experiment);

/// Makes a new folder from a pattern. {time} becomes the time of day, followed by a number if such
/// a folder exists already. Without {time}, the folder may exist. Throws ResourceError.
interop::NewFolder new_folder(const std::string& pattern);

}  // namespace ridgeline::experiment
