#pragma once
// Chooses λ, or other numbers, by a hold-out set or by cross-validation.

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

/// The candidates for one number.
struct Range {
  double min = 1e-6;
  double max = 1e-1;  ///< the same as min: this one value
  bool log = true;
  std::vector<double> values;  ///< an explicit list instead of a range
  /// For a key that is not a number: what its values 0, 1, 2, ... are. `values` has these numbers.
  std::vector<std::string> names;
  /// The unit of a penalty's strength: empty, "normalized" or "timescale". It is converted for each
  /// training by its own number of images n, batch b, epochs e and learning rate lr:
  ///   normalized   strength = value * sqrt(b / (n e))      (Loshchilov and Hutter, 1711.05101)
  ///   timescale    strength = value / (lr * steps), steps = e * ceil(n / b)
  /// The second says how often the penalty could shrink a weight by 1/e during the training (Wang
  /// and Aitchison, 2405.13698). Its best value depends less on n, b and e than λ itself.
  std::string unit;
  /// min and max follow from the training: see docs/choosing-lambda.md. For penalties alone. The
  /// race makes the range wider if the best value is at its upper end.
  bool automatic = false;
  friend bool operator==(const Range&, const Range&) = default;
};
/// The keys to choose, such as "regularize.l2", with their candidates.
using SearchSpace = std::map<std::string, Range>;
SearchSpace log_range(const std::string& key, double min, double max);

using Assignment = std::map<std::string, double>;

struct Trial {
  int number = 0;  ///< 1 for the first
  Assignment parameters;
  double score = 0;  ///< the mean over folds of `metric` at the last epoch, or NaN
  /// Deviation of the fold scores / sqrt(folds); for a hold-out set over the images. If images are
  /// validation images of several folds: see select().
  double standard_error = 0;
  /// "done", "partial" (trained on a share of the images or for some epochs), "left" (given up by
  /// the method), "predicted" (by its model), "diverged" (in a fold), "running", "stopped"
  std::string status;
  int epochs = 0;    ///< the median over folds
  double share = 1;  ///< of a fold's training images, in the trainings that are scored
  /// Means over folds at the last epoch, with standard errors over all images. Only for a finished
  /// trial.
  std::optional<Metrics> train, validation;
};

/// A decision of the method, and its reason.
struct Decision {
  int trial = 0;       ///< that it is about; 0: none
  std::string reason;  ///< a sentence
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// The score over the values of one key, as a model of all trainings has it, for a training on all
/// images of a fold.
struct ModelCurve {
  std::vector<double> values;                 ///< of the key, in ascending order
  double best_score = 0;                      ///< of the best value
  std::vector<double> above_best, deviation;  ///< how much worse the score is, and how sure that is
  std::pair<double, double> best = {0, 0};    ///< has the best value with 90 % probability
  /// The best value is proportional to (images)^-exponent; with its standard deviation.
  double exponent = 0, exponent_deviation = 0;
};

/// A whole selection on the training images of an outer fold. Its refitted model is measured once,
/// on the images of the fold.
struct OuterFold {
  Assignment chosen;  ///< empty if no trial learned anything
  double score = 0;  ///< SelectOptions::metric on the images of the fold; NaN if nothing was chosen
  double standard_error = 0;  ///< over these images
  std::int64_t images = 0;    ///< of the fold
};

/// Nested cross-validation: how good the whole selection is, on images that had no part in it.
struct Nested {
  double score = 0;           ///< the mean over outer folds, or NaN if one of them chose nothing
  double standard_error = 0;  ///< deviation of the scores / sqrt(outer folds), or NaN
  std::vector<OuterFold> folds;
};

/// The remaining work when a selection begins, without the trainings that its study already has.
struct SelectPlan {
  int candidates = 0, folds = 0;
  int outer_folds = 0;      ///< that are still to do, each a selection of its own
  bool expected = false;    ///< the method decides as it goes, so that all numbers are expectations
  int trainings = 0;        ///< folds and refit
  int jobs = 1;             ///< trainings at a time
  std::int64_t epochs = 0;  ///< of all trainings; fewer if a training stops early
  double images = 0;        ///< images read in these epochs
  /// Approximate bytes that the study's runs will keep; 0 without a study.
  std::uintmax_t disk = 0;
  std::uintmax_t peak = 0;  ///< approximate largest number of bytes at any time, with checkpoints
  std::string metric;       ///< the first metric; empty: none
};

/// The state of a selection, for callbacks.
struct SelectProgress {
  int trial = 0, trials = 0;               ///< 1 for the first; 0: the refit
  int fold = 0, folds = 0;                 ///< 1 for the first
  int outer = 0, outer_folds = 0;          ///< the outer fold, 1 for the first; 0: none
  double share = 1;                        ///< of the fold's training images
  Assignment parameters;                   ///< of this trial
  const Progress* step = nullptr;          ///< of the running training
  const Epoch* epoch = nullptr;            ///< if it has just ended
  const Trial* ended = nullptr;            ///< if it, or a part of it, has just ended
  const Decision* decision = nullptr;      ///< if the method has just decided
  const OuterFold* outer_ended = nullptr;  ///< if it has just ended
  bool known = false;                      ///< the study already had the trial; nothing was trained
  bool waiting = false;                    ///< for this training, which another process has
  double done = 0;  ///< the finished share of all trainings; running ones count in part
  double images_per_second = 0;  ///< of all running trainings
};

struct SelectOptions {
  SearchSpace over = log_range("regularize.l2", 1e-6, 1e-1);
  /// The score of a trial, for example also "val_accuracy" or "val_f1_macro". It is always
  /// measured.
  std::string metric = "val_data_loss";
  /// "race", "grid", "random", "sobol", "halving", "hyperband", "asha", "bayes", "tpe", "path",
  /// "hypergradient" or "evidence": see docs/choosing-lambda.md.
  std::string method = "race";
  /// Where the candidates of halving, hyperband, asha and a race of several keys come from: "grid",
  /// "random" or "sobol". "auto": grid for one key, sobol for several.
  std::string sampler = "auto";
  int trials = 16;    ///< the number of candidates, including λ = 0
  double factor = 3;  ///< halving, hyperband and asha keep one in so many candidates; above 1
  /// How images are divided: "stratified" (`folds` folds with the classes in their shares, and
  /// groups never divided) or "leave-groups-out" (a fold for each choice of `leave_groups` groups).
  std::string split = "stratified";
  int folds = 5;         ///< 1: a hold-out set
  double holdout = 0.1;  ///< the fraction that is held out if folds is 1
  int repeats = 1;  ///< divisions into folds, each by another seed; their folds are numbered on
  int leave_groups = 1;
  /// Splits of your own, which replace `split`. They may contain only images of the argument: all
  /// training images or, in an outer fold, those outside the fold.
  std::function<std::vector<Split>(const Dataset& images)> splits = {};
  /// Nested cross-validation: the whole selection is repeated without the images of each of so many
  /// stratified folds, and measured on them. 0: it is not.
  int outer_folds = 0;
  std::string rule = "one-standard-error";  ///< or "best"
  std::filesystem::path study;  ///< a folder for study.sqlite, trials/ and refit/; empty: none
  /// Trainings at a time, which share the model's threads; 0: chosen by their number. Results do
  /// not depend on it. With several, fit's callbacks are called from several threads at once;
  /// on_progress never is.
  int jobs = 0;
  bool resume = true;  ///< continue the study: finished folds are not trained again
  /// Take part in the work of other processes on the study, if there are some. The trainings are
  /// shared out among them, and each of them gives the same selection.
  bool join = false;
  bool refit = true;                               ///< train on all images with the chosen numbers
  std::uint64_t seed = 1;                          ///< for the folds and for random search
  std::function<void(const SelectPlan&)> on_plan;  ///< called once, before anything is trained
  std::function<void(const SelectProgress&)> on_progress;
};

/// A chosen number at the edge of its range: a better one may be beyond the edge.
struct RangeEdge {
  std::string key;
  bool upper = false;  ///< whether it is the largest number tried, not the smallest
  /// A range to try next; absent if the key allows no numbers beyond the edge.
  std::optional<Range> next;
  friend bool operator==(const RangeEdge&, const RangeEdge&) = default;
};

/// What the exhaustive grid over the same search would cost: each candidate on each fold, and the
/// refit.
struct GridCost {
  double candidates = 0;
  int folds = 0;
  double whole_trainings = 0;  ///< as Selection::whole_trainings; 0 if not known
};

struct Selection {
  Assignment chosen;               ///< empty if no trial learned anything
  Assignment applied;              ///< the same as the refit takes them: without units
  std::vector<RangeEdge> at_edge;  ///< the chosen numbers that are at an edge
  std::string rule;                ///< the rule that was applied
  /// For one ordered key: the range of values within a standard error of the best.
  std::optional<std::pair<double, double>> tied;
  std::vector<Trial> trials;  ///< in the order of their numbers
  std::vector<Decision> decisions;
  std::optional<ModelCurve> curve;  ///< if the method has a model, and one key is searched
  int trainings = 0;                ///< folds and refit, including those found in the study
  double seconds = 0;  ///< of these trainings; each of several jobs at a time counts its share
  /// The images that these trainings read, divided by those of the refit; 0 if not known.
  double whole_trainings = 0;
  GridCost grid;
  bool interrupted = false;  ///< stopped from outside; the same call with the same study continues
  /// Data loss and first metric, on the validation images, of the best answer that ignores the
  /// image. Absent for targets that are not classes.
  std::optional<Metrics> guess;
  std::optional<History> refit;
  std::optional<Metrics> test;
  /// How many models of this study were measured on the test set; more than one if another score or
  /// rule made another choice. Only the first measurement is of a model that was chosen without
  /// knowledge of the test set.
  int test_looks = 0;
  std::optional<Nested> nested;
};

/// Chooses numbers for a model's network and options and for the epochs and the batch of `fit`.
/// Then it trains the model again on all of `train` with the chosen numbers: the refit. λ is not
/// rescaled, and the refit takes as many epochs as the folds did (their median). The test set, if
/// given, is evaluated once, after the refit.
///
/// All trials use the same folds, in place of `fit`'s validation, and the same initial weights.
/// Keys are those of the experiment file: regularize.l2, regularize.l1, regularize.decay,
/// optimizer.learning_rate, optimizer.clip_norm, train.epochs, train.batch. "regularize.l2@dense*"
/// is the strength for the parameters or layers that match, as a rule sets it.
///
/// The standard error of a score over J folds is the root of
///
///     sum over folds of (score - mean)^2 / J / (E - 1),
///
/// where E is the number of distinct validation images divided by the mean number in a fold. For
/// k-fold, E = J = k: the deviation of the fold scores / sqrt(folds). Repeats divide the same
/// images again, so that E stays k: they remove the luck of one division, but do not make the error
/// smaller as new images would (Nadeau and Bengio, Machine Learning 52, 2003). For
/// leave-groups-out it is the delete-d jackknife (Shao and Wu, Annals of Statistics 17, 1989).
///
/// The rule `best` takes the best score. `one-standard-error` takes the simplest model whose score
/// is within one standard error of the best, because the data cannot tell them apart (Breiman et
/// al., Classification and Regression Trees, 1984). The simplest model has the largest value of
/// regularize.l2, regularize.l1 or regularize.decay, or the smallest train.epochs. For other keys,
/// and for several keys, no order by simplicity exists, and the rule is `best`. If every trial
/// diverged or none is better than guessing, nothing is chosen and the model does not change. A
/// trial is better than guessing if its accuracy or its data loss beats the best answer that
/// ignores the image by three standard errors.
///
/// Scores are comparable. Label smoothing and augmentation change only the training loss. The
/// metric val_penalty is refused, and so is val_objective if a key of regularize is searched.
///
/// With a study, the same call continues after any end of the program. A call with another `metric`
/// or `rule` trains no fold again: it chooses again, and refits if another trial wins. `fit.run`
/// must be empty, because runs are in the study. `fit.stop`, or false from `fit.callbacks.on_step`,
/// saves and stops the selection. False from on_epoch ends that one training early, and its score
/// counts.
///
/// Throws UsageError, before any training, for wrong options, for test images that are training
/// images, and for a study with other settings;
/// the message has the first setting that differs. Throws DataError if study.sqlite is corrupt or
/// not a study; ResourceError if the study cannot be written, is in use, or is certain not to fit
/// on the disk.
Selection select(Model& model, const Dataset& train, const FitOptions& fit = {},
                 const SelectOptions& options = {}, const Dataset& test = {});

}  // namespace ridgeline
