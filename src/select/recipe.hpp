#pragma once
// How a selection trains: one assembly for the library's select() and for experiments, which differ
// in the keys that they know and in what a run records.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "select/task.hpp"

namespace ridgeline::selection {

/// How one training is set.
struct TrainingSettings {
  ModelOptions model;
  FitOptions fit;
};

/// A training that is about to begin.
struct Beginning {
  const Assignment& parameters;
  const std::filesystem::path& run;
  int threads = 1;
  std::optional<int> epochs;  ///< of the refit, which has no validation
};

struct Recipe {
  Model& first;       ///< with the settings as they are, shards resolved; frozen weights are its
  Network network;    ///< of all trainings
  Dataset train;      ///< its cache is shared by all trainings
  Dataset test;       ///< may be empty
  Settings settings;  ///< beside the training images and the file of weights
  SelectOptions options;  ///< jobs resolved
  std::vector<Split> splits;
  /// The settings of a training with such values.
  std::function<TrainingSettings(const Assignment&)> with;
  /// What a key becomes when it is set to a value, as SelectionTask::settle.
  std::function<double(const std::string& key, double value)> settle;
  std::function<void()> begin = {};                   ///< as SelectionTask::begin
  std::function<void(const Beginning&)> record = {};  ///< writes what belongs to a run
};

/// A value for each searched key that does not depend on what the key is set to: that plays no part
/// in whether a study is the same.
Assignment without_own_values(const SearchSpace& over);

/// Chooses, and refits into `refitted`. Throws what select() throws.
Selection run(const Recipe& recipe, std::optional<Model>& refitted);

}  // namespace ridgeline::selection
