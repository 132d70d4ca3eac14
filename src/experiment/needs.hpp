#pragma once
// When a setting has an effect. The table of keys declares it for each key. Reading refuses a
// setting that has no effect, and a selection refuses a key that changes nothing.

#include <functional>
#include <string>
#include <string_view>

#include "experiment/experiment.hpp"

namespace ridgeline::experiment {

/// The command that reads the experiment.
enum class Command { any, train, select };

struct Need {
  /// Why the setting has no effect, to follow the key: "has no effect without ...". Empty if it has
  /// one.
  std::function<std::string(const Experiment&)> unmet;
  Command command = Command::any;  ///< the only command that has this need
  /// Whether it applies only to words on the command line, since a file may be for several
  /// commands.
  bool words_only = false;
};

using Condition = std::function<bool(const Experiment&)>;

/// "has no effect without WHAT: ..." unless `met`.
Need without(std::string what, Condition met);
/// "has no effect with WHAT: ..." if `given`.
Need beside(std::string what, Condition given);
/// "has no effect on COMMAND: WHY" for a word on the command line, unless `met`.
Need not_on(Command command, std::string why, Condition met = {});

/// data.resize needs images that are resized.
Need a_size();
/// data.crop_share needs data.size and data.resize = "crop".
Need a_crop();
/// data.filter needs images, or parts of them, that are resized.
Need resizing();
/// data.on_error needs a source that reads each image when it is needed.
Need image_files();
/// train.unfreeze_at needs to be one of the training's epochs.
Need an_epoch_to_unfreeze_at();
/// train.monitor needs validation images if it begins with "val_".
Need measured_by_train();

/// Keys about the division into folds need that a file does not make it.
Need no_fold_file();
/// select.folds and select.repeats need select.split = "stratified".
Need stratified_folds_only();

/// Whether a strength of [regularize] is above 0 at some time, in the base or in a rule.
bool uses(const Experiment& experiment, Schedule Regularize::*base,
          std::optional<Schedule> PenaltyRule::*rule);
/// The same for any strength of the base.
bool has_base_penalty(const Experiment& experiment);

}  // namespace ridgeline::experiment
