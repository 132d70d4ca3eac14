#pragma once
// When a setting has an effect. The table of keys declares it beside each key; reading refuses a
// setting that is given without effect. A selection refuses a key that changes nothing.

#include <functional>
#include <string>
#include <string_view>

#include "experiment/experiment.hpp"

namespace ridgeline::experiment {

/// Who reads the experiment.
enum class Command { any, train, select };

struct Need {
  /// Why the setting has no effect; it follows the key: "has no effect without ...". Empty
  /// where it has one.
  std::function<std::string(const Experiment&)> unmet;
  Command command = Command::any;  ///< the only command that has this need
  /// Whether only words on the command line have it: a file may serve several commands.
  bool words_only = false;
};

using Condition = std::function<bool(const Experiment&)>;

/// "has no effect without WHAT: ..." unless `met`.
Need without(std::string what, Condition met);
/// "has no effect with WHAT: ..." where `given`.
Need beside(std::string what, Condition given);
/// "has no effect on COMMAND: WHY" for a word on the command line, unless `met`.
Need not_on(Command command, std::string why, Condition met = {});

/// Of data.resize: images that are brought to a size.
Need a_size();
/// Of data.crop_share: the middle of the image is taken.
Need a_crop();
/// Of data.filter: images or parts of them are resized.
Need resizing();
/// Of data.on_error: a source that reads an image when it is needed.
Need image_files();
/// Of train.unfreeze_at: an epoch that the training has.
Need an_epoch_to_unfreeze_at();
/// Of train.monitor: what training measures on validation images needs some.
Need measured_by_train();

/// Whether a strength of [regularize] is above 0 at some time, in the base or in a rule.
bool uses(const Experiment& experiment, Schedule Regularize::*base,
          std::optional<Schedule> PenaltyRule::*rule);
/// Likewise any strength of the base.
bool has_base_penalty(const Experiment& experiment);

}  // namespace ridgeline::experiment
