#pragma once
// Choosing λ, or any other number, by hold-out or stratified k-fold cross-validation.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
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
  int number = 0;  ///< 1 for the first
  Assignment parameters;
  double score = 0;           ///< the mean over folds of `metric` at the last epoch; or NaN
  double standard_error = 0;  ///< deviation of the fold scores over sqrt(folds); over images for a
                              ///< hold-out
  std::string status;         ///< "done", "diverged" (in a fold), "running", "stopped"
  int epochs = 0;             ///< the median over folds
  /// Means over folds at the last epoch, with standard errors over all images; where it is done.
  std::optional<Metrics> train, validation;
};

/// What is left to do when a selection begins. Trainings that its study already has do not count.
struct SelectPlan {
  int candidates = 0, folds = 0;
  int trainings = 0;        ///< folds and refit
  int jobs = 1;             ///< of these at a time
  std::int64_t epochs = 0;  ///< of all trainings; fewer where one stops early
  double images = 0;        ///< read in these epochs
  std::uintmax_t disk = 0;  ///< bytes that the study's runs will keep, about; 0 without a study
  std::uintmax_t peak = 0;  ///< likewise the most at a time, with the checkpoints
  std::string metric;       ///< the first that is measured beside the loss; empty: none
};

/// What a caller is told while a selection goes on.
struct SelectProgress {
  int trial = 0, trials = 0;       ///< 1 for the first; 0: the refit
  int fold = 0, folds = 0;         ///< 1 for the first
  Assignment parameters;           ///< of this trial
  const Progress* step = nullptr;  ///< of the training at work
  const Epoch* epoch = nullptr;    ///< just ended
  const Trial* ended = nullptr;    ///< just ended: done, diverged or stopped
  bool known = false;              ///< the trial was found in the study, nothing was trained
  double done = 0;                 ///< the share of all trainings, of those at work too
  double images_per_second = 0;    ///< of all trainings at work
};

struct SelectOptions {
  SearchSpace over = log_range("regularize.l2", 1e-6, 1e-1);
  std::string metric = "val_data_loss";     ///< or "val_accuracy", "val_f1_macro", ...: what a
                                            ///< trial is scored by; it is measured if needed
  std::string method = "grid";              ///< "grid", "random"
  int trials = 16;                          ///< candidates, λ = 0 among them
  int folds = 5;                            ///< 1: a hold-out
  double holdout = 0.1;                     ///< the fraction held out where folds is 1
  std::string rule = "one-standard-error";  ///< or "best"
  std::filesystem::path study;  ///< a folder for study.sqlite, trials/ and refit/; empty: none
  /// Trainings at a time, which share the model's threads; 0: chosen by their number. Results do
  /// not depend on it. With several, fit's callbacks are called from several threads at once;
  /// on_progress never is.
  int jobs = 0;
  bool resume = true;  ///< go on with the study where it is: finished folds are not trained again
  bool refit = true;   ///< train on everything with what was chosen
  std::uint64_t seed = 1;                          ///< of the folds and of random search
  std::function<void(const SelectPlan&)> on_plan;  ///< called once, before anything is trained
  std::function<void(const SelectProgress&)> on_progress;
};

/// A chosen number with nothing tried beyond it, so that the best one may be there.
struct RangeEdge {
  std::string key;
  bool upper = false;         ///< the largest number tried, or else the smallest
  std::optional<Range> next;  ///< what to try instead; nothing where the key has no room there
  friend bool operator==(const RangeEdge&, const RangeEdge&) = default;
};

struct Selection {
  Assignment chosen;                              ///< empty where nothing is learnable
  std::vector<RangeEdge> at_edge;                 ///< of what is chosen
  std::string rule;                               ///< the one applied
  std::optional<std::pair<double, double>> tied;  ///< for one ordered key: within a standard error
  std::vector<Trial> trials;                      ///< in the order of their numbers
  int trainings = 0;   ///< folds and refit, those found in the study included
  double seconds = 0;  ///< of these trainings; where `jobs` go on at a time, its share of each
  bool interrupted = false;  ///< stopped from outside: go on with the same call and study
  /// What the best answer that ignores the image would score on the validation images: data loss
  /// and the first metric. Not known for targets that are no classes.
  std::optional<Metrics> guess;
  std::optional<History> refit;
  std::optional<Metrics> test;
};

/// Chooses for a model's network and options and for `fit`'s epochs and batch, and leaves the model
/// refitted on all of `train` with what was chosen, λ not rescaled, for as many epochs as its folds
/// took (their median). The test set, where given, is looked at once, by the refit.
///
/// Every trial is scored on the same folds, which take the place of `fit`'s validation, and begins
/// from the same weights. Keys are the experiment file's: regularize.l2, regularize.l1,
/// regularize.decay, optimizer.learning_rate, optimizer.clip_norm, train.epochs, train.batch.
///
/// The rule `best` takes the best score. `one-standard-error` takes the simplest model whose score
/// is within the best one's standard error of it, the data cannot tell them apart (Breiman et al.,
/// Classification and Regression Trees, 1984): the largest value of one key of regularize.l2,
/// regularize.l1 and regularize.decay, or the smallest of train.epochs. For other keys, of which no
/// value makes a simpler model, and for several, it is `best`. Nothing is chosen, and the model
/// stays as it was, where every trial diverged or none is better than guessing: neither its
/// accuracy nor its data loss beats the best answer that ignores the image by three standard
/// errors.
///
/// Scores are comparable: label smoothing and augmentation change the training loss alone, and the
/// metric val_penalty, or val_objective where a key of regularize is searched, is refused.
///
/// With a study, whatever ends the program, the same call goes on from there. A call with another
/// `metric` or `rule` trains no fold again: it chooses anew, and refits where another trial wins.
/// `fit.run` must be empty: runs lie in the study. `fit.stop` and a false from
/// `fit.callbacks.on_step` stop and save; a false from on_epoch ends that one training early, and
/// its score counts.
///
/// Throws UsageError for options that make no sense (before anything is trained) and for a study of
/// other settings, naming the first that differs; DataError for a study.sqlite that is corrupt or
/// none of ours; ResourceError where the study cannot be written, is in use, or certainly does not
/// fit on the disk.
Selection select(Model& model, const Dataset& train, const FitOptions& fit = {},
                 const SelectOptions& options = {}, const Dataset& test = {});

}  // namespace ridgeline
