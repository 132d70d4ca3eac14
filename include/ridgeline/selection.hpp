#pragma once
// Choosing λ, or any other number, by hold-out or stratified k-fold cross-validation.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline {

/// What one number ranges over.
struct Range {
  double min = 1e-6;
  double max = 1e-1;
  bool log = true;
  std::vector<double> values;  ///< given one by one instead
  friend bool operator==(const Range&, const Range&) = default;
};
/// Which keys are chosen and what each ranges over: {"regularize.l2", ...}.
using SearchSpace = std::map<std::string, Range>;
SearchSpace log_range(const std::string& key, double min, double max);

using Assignment = std::map<std::string, double>;

struct Trial {
  int number = 0;
  Assignment parameters;
  double score = 0;           ///< the mean over folds of `metric` at the last epoch
  double standard_error = 0;  ///< deviation of the fold scores over sqrt(folds); over images for a hold-out
  std::string status;         ///< "done", "diverged", "running", "stopped"
  int epochs = 0;
};

struct SelectOptions {
  SearchSpace over = log_range("regularize.l2", 1e-6, 1e-1);
  std::string metric = "val_data_loss";  ///< or "val_accuracy", ...: what a trial is scored by
  std::string method = "grid";           ///< "grid", "random"
  int trials = 16;                       ///< candidates, λ = 0 among them
  int folds = 5;                         ///< 1: a hold-out
  double holdout = 0.1;                  ///< the fraction held out where folds is 1
  std::string rule = "one-standard-error";  ///< or "best"
  std::filesystem::path study;           ///< a folder for study.sqlite, trials/ and refit/; empty: none
  bool resume = true;                    ///< finished folds of the study are not trained again
  bool refit = true;                     ///< train on everything with what was chosen
};

struct Selection {
  Assignment chosen;         ///< empty where nothing is learnable
  std::string rule;
  std::optional<std::pair<double, double>> tied;  ///< for one ordered key: within a standard error
  std::vector<Trial> trials;
  int trainings = 0;
  double seconds = 0;
  std::optional<History> refit;
  std::optional<Metrics> test;
};

/// Chooses for a model's network and options and for `fit`'s epochs and batch. The model is left
/// refitted with what was chosen. The test set, where given, is looked at once, by the refit.
Selection select(Model& model, const Dataset& train, const FitOptions& fit = {},
                 const SelectOptions& options = {}, const Dataset& test = {});

}  // namespace ridgeline
