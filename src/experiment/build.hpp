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
  std::vector<std::string> notes = {};  ///< sentences for the user about what was left out
};
/// Throws DataError, ResourceError.
Images load_images(const Experiment& experiment);
/// The same before they are brought to one size: no image is looked at.
Images open_images(const Experiment& experiment);

/// What is left to choose when the images are known becomes part of the experiment: the size of
/// images, the source's own validation part, and the loss of the task. A record then names it.
/// Throws UsageError for train.metrics and train.monitor that are not measured on such images.
void settle(Experiment& experiment, const Images& images);

/// So many classes, called by their numbers.
TargetSchema numbered_classes(std::int64_t classes);
/// The layers, or the preset with an output for each name of the schema, ended as its task says.
Network build_network(const Experiment& experiment, const TargetSchema& schema);
/// Where loss.class_weights is "balanced": images / (classes * images of the class), over all
/// training images (scikit-learn's rule). Throws UsageError for images without classes and
/// DataError for a class without images.
void balance_class_weights(Experiment& experiment, const Dataset& train);
LossPtr build_loss(const Experiment& experiment);
/// Sets the options of the source, the loss and the optimiser, and the learning rate, to the
/// defaults of their kinds, except those that are `given` (asked with the key). Throws UsageError
/// for an unknown optimiser, and for options given that do not fit the kinds.
void take_defaults(Experiment& experiment, const std::function<bool(std::string_view key)>& given);
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
