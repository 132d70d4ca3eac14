#pragma once
// What a selection is a selection of: anything that can be trained on a fold for given values.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Settings by their names, as text.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// One training of a trial.
struct FoldCall {
  int trial = 0;  ///< 1 for the first
  int fold = 0;   ///< 1 for the first
  const Assignment& parameters;
  std::filesystem::path run;  ///< the folder of this run, gone on with where it has begun; or empty
  Callbacks callbacks;        ///< to be called; their answers count
};
struct FoldResult {
  std::vector<Epoch> epochs;  ///< all of them, also those of a run that was gone on with
  bool diverged = false;
  bool interrupted = false;
};

/// The training on everything with what was chosen.
struct RefitCall {
  const Assignment& parameters;
  int epochs = 0;
  std::filesystem::path run;
  Callbacks callbacks;
};

/// What one training takes, about.
struct TrainingCost {
  int epochs = 0;                 ///< at most
  std::uintmax_t kept = 0;        ///< bytes that its run keeps
  std::uintmax_t checkpoint = 0;  ///< of its checkpoint, while it trains
};

struct SelectionTask {
  /// What must be the same for a study to be gone on with.
  Settings settings;
  /// What a key becomes when it is set to a value: whole numbers are rounded to. Throws UsageError
  /// for an unknown key or a value out of its limits. Asked for every candidate before any
  /// training.
  std::function<double(const std::string& key, double value)> settle;
  /// Called when the study is open, before any training.
  std::function<void()> begin;
  /// What a training with such parameters takes; empty where not known.
  std::function<TrainingCost(const Assignment& parameters)> cost = {};
  std::vector<std::int64_t> fold_images = {};  ///< that each fold trains on; empty: not known
  std::int64_t images = 0;                     ///< that the refit trains on
  /// Trains on one fold. Throws nothing for a training that diverges. Called on `jobs` threads at
  /// once.
  std::function<FoldResult(const FoldCall&)> train;
  std::function<History(const RefitCall&)> refit;
  /// What is measured on the images of every epoch; values do not matter.
  std::vector<MetricValue> metrics = {};
  /// Metrics of what was refitted on the test set; nothing without a test set.
  std::function<std::optional<Metrics>()> test;
  /// The best answer that ignores the image, on all validation images; nothing where not known.
  std::optional<Metrics> guess;
  const std::atomic<bool>* stop = nullptr;
};

/// Trains every candidate on every fold, chooses, and refits: see select().
Selection run(const SelectOptions& options, const SelectionTask& task);

}  // namespace ridgeline::selection
