#pragma once
// How a selection trains. The library's select() and experiments share it; they differ in their
// keys and in what a run records.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "select/task.hpp"

namespace ridgeline::selection {

/// The settings of one training.
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
  Model& first;           ///< has the settings before the search, and the frozen weights
  Network network;        ///< of all trainings
  Dataset train;          ///< its cache is shared by all trainings
  Dataset test;           ///< may be empty
  Settings settings;      ///< without the training images and the file of weights
  SelectOptions options;  ///< jobs resolved; folds is the number of splits
  std::vector<Split> splits;
  /// Makes the splits of some of the training images, as `splits` are made of all.
  std::function<std::vector<Split>(const Dataset& images)> divide = {};
  /// Makes the outer folds of nested cross-validation; empty: stratified ones.
  std::function<std::vector<Split>(const Dataset& images)> outer = {};
  /// The settings of a training with such values.
  std::function<TrainingSettings(const Assignment&)> with;
  /// As SelectionTask::settle.
  std::function<double(const std::string& key, double value)> settle;
  std::function<void()> begin = {};                   ///< as SelectionTask::begin
  std::function<void(const Beginning&)> record = {};  ///< writes the record of a run
};

/// Fixed values for all searched keys: the experiment's own values of these keys do not matter when
/// settings of studies are compared.
Assignment without_own_values(const SearchSpace& over);

/// Chooses, and refits into `refitted`. Throws what select() throws.
Selection run(const Recipe& recipe, std::optional<Model>& refitted);

}  // namespace ridgeline::selection
