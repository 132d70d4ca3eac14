#pragma once
// One training of a selection on a fold: with the weights that it begins with, and with what it
// measures for the method.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "select/recipe.hpp"
#include "train/core.hpp"

namespace ridgeline::selection {

/// The last weights of trainings that later ones begin with: in the file last.safetensors of the
/// run or, without a study, in memory. Several threads can use it.
class LastWeights {
 public:
  void keep(const train::ModelCore& core, const FoldCall& call);
  /// Sets the core's weights to those that the call's training begins with.
  void take(train::ModelCore& core, const FoldCall& call);

 private:
  std::mutex mutex_;
  std::map<TrainingId, std::vector<float>> weights_;
};

/// Throws UsageError if the trainings of the method cannot measure what it needs.
void check_measured(const Recipe& recipe);

/// Trains as the call says.
FoldResult train(const Recipe& recipe, TrainingSettings settings, const FoldCall& call,
                 LastWeights& last_weights);

}  // namespace ridgeline::selection
