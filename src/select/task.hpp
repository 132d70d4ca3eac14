#pragma once
// The task of a selection: anything that can be trained on a fold for given values.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"
#include "select/record.hpp"

namespace ridgeline::selection {

/// Settings by their names, as text.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// One training of a trial.
struct FoldCall {
  /// A share below 1 is of the training images, and twice as much of the validation images. A call
  /// that ends at Request::until can be continued.
  Request request;
  int threads = 1;  ///< of this training
  const Assignment& parameters;
  std::filesystem::path run;  ///< the folder of this run, continued if it has begun; or empty
  Callbacks callbacks;        ///< to call; their return values count
  std::filesystem::path from_run = {};  ///< of the training that it begins with
};
struct FoldResult {
  std::vector<Epoch> epochs;  ///< all epochs, also those before an interruption
  bool diverged = false;
  bool interrupted = false;
  bool paused = false;                        ///< after Request::until, with epochs left
  std::map<std::string, double> values = {};  ///< as FoldRecord::values
};

/// The training on all images with the chosen values.
struct RefitCall {
  const Assignment& parameters;
  int epochs = 0;
  std::filesystem::path run;
  Callbacks callbacks;
};

/// The approximate cost of a training.
struct TrainingCost {
  int epochs = 0;                 ///< at most
  std::uintmax_t kept = 0;        ///< bytes that its run keeps
  std::uintmax_t checkpoint = 0;  ///< of its checkpoint, while it trains
};

/// What the selections in the outer folds gave.
struct NestedResult {
  Nested nested;
  int trainings = 0;
  double seconds = 0;
  bool interrupted = false;
};

struct SelectionTask {
  /// The settings that must be the same to continue a study.
  Settings settings;
  /// The value that a key really takes: for example, rounded to a whole number. Throws UsageError
  /// for an unknown key or a value out of its limits. Called for every candidate before any
  /// training.
  std::function<double(const std::string& key, double value)> settle;
  /// Called when the study is open, before any training.
  std::function<void()> begin;
  /// The cost of a training with such parameters; empty if not known.
  std::function<TrainingCost(const Assignment& parameters)> cost = {};
  int threads = 1;                             ///< that all trainings share
  std::vector<std::int64_t> fold_images = {};  ///< that each fold trains on; empty: not known
  /// See select/splits.hpp; empty: no image is a validation image of two folds.
  std::vector<double> distinct_folds = {};
  std::int64_t images = 0;  ///< that the refit trains on
  /// The values of a candidate as the refit takes them, without units; empty: as they are.
  std::function<Assignment(const Assignment& parameters)> applied = {};
  /// Trains on one fold. Does not throw if the training diverges. Called on `jobs` threads at once.
  std::function<FoldResult(const FoldCall&)> train;
  std::function<History(const RefitCall&)> refit;
  /// The metrics of every epoch; their values do not matter.
  std::vector<MetricValue> metrics = {};
  /// Metrics of the refitted model on the test set; absent without a test set.
  std::function<std::optional<Metrics>()> test;
  /// The best answer that ignores the image, on all validation images; absent if not known.
  std::optional<Metrics> guess;
  /// Repeats the selection in SelectOptions::outer_folds outer folds, before it begins itself, and
  /// calls `keep` after each; empty without nested cross-validation.
  std::function<NestedResult(const std::function<void(int fold, const OuterFold&)>& keep)> nested =
      {};
  const std::atomic<bool>* stop = nullptr;
};

/// Trains every candidate on every fold, chooses, and refits: see select(). SelectOptions::folds is
/// the number of all splits.
Selection run(const SelectOptions& options, const SelectionTask& task);

}  // namespace ridgeline::selection
