#pragma once
// A network with its weights, its loss, its optimiser and its penalty: fit, evaluate, predict,
// save, load.

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ridgeline/compute.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/history.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizers.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/shrink.hpp"
#include "ridgeline/task.hpp"

namespace ridgeline {

/// What a callback is told while training goes on.
struct Progress {
  int epoch = 0, epochs = 0;
  std::int64_t step = 0, steps = 0;  ///< within the epoch
  double images_per_second = 0;
  Metrics train;  ///< of the epoch so far; NaN for metrics that take time (Metric::quick)
};

/// What an application hooks into training; called on the thread that called fit.
struct Callbacks {
  /// Once, when nothing can be refused any more: the run's folder is held, and nothing in it has
  /// changed yet.
  std::function<void()> on_begin;
  /// After steps, about 20 times a second at most. Return false to stop here, as if interrupted.
  std::function<bool(const Progress&)> on_step;
  /// After every update, with its numbers per parameter; not without FitOptions::statistics.
  std::function<void(const StepStatistics&)> on_update;
  /// Sentences for people, such as the name of an image that could not be read. Called from the
  /// threads that read images, one call at a time.
  std::function<void(const std::string& sentence)> on_note;
  /// After each epoch, its validation and its files. Return false to stop early.
  std::function<bool(const Epoch&)> on_epoch;
};

/// A factor of the learning rate for the parameters whose names match.
struct RateRule {
  std::string match;                ///< a glob over "layer.parameter" or the layer
  double learning_rate_factor = 1;  ///< above 0
  friend bool operator==(const RateRule&, const RateRule&) = default;
};

struct ModelOptions {
  Shape input;  ///< {channels, height, width}
  /// How images of other sizes become such; absent: they are not resized when a model is trained,
  /// and squashed when it predicts.
  std::optional<Preprocessing> preprocessing = {};
  LossPtr loss = cross_entropy();
  OptimizerSetting optimizer = adam();
  Regularize regularize;   ///< its rules in Model::options begin with those of layers
  std::uint64_t seed = 1;  ///< of initialisation, shuffling, augmentation, dropout, noise
  int threads = 0;         ///< 0: all cores; resolved in Model::options
  int shards = 0;          ///< 0: one per thread; fixes the order of summation; likewise resolved
  ComputeOptions compute;  ///< precision and kernels
  /// Measures on this machine which kernels are fastest, and sets compute.kernels if it is empty.
  /// The user's cache keeps the measurements, so that a later model gets the same.
  bool autotune = false;
  /// "classify", "multi-label", "regress", or one that was registered; empty: that of the training
  /// data.
  std::string task;
  /// Of classes, labels or values, one for each output; empty: those of the training data.
  std::vector<std::string> class_names;
  /// Globs over "layer.parameter" or the layer, as in PenaltyRule: parameters that stay as they
  /// are, and are neither penalised nor counted in the penalty. Running statistics are measured all
  /// the same.
  std::vector<std::string> frozen;
  /// The parameters' own learning rates: of several rules that match, the last one applies. All
  /// that follows the learning rate follows the parameter's own: the step, `decay` and the
  /// threshold of l1.
  std::vector<RateRule> rate_rules;
  /// A file that the weights come from where it has them, as Model::load_weights reads it; the
  /// others are drawn by `seed`. Empty: none.
  std::filesystem::path weights;
};

struct FitOptions {
  int epochs = 10;
  std::int64_t batch = 32;  ///< at most the training images; with GD the size of its parts
  /// Batches whose gradients go into one update, as if they were one batch of `accumulate` times as
  /// many images, of which only `batch` are computed at a time: the mean is over all of them, and
  /// steps are updates. Batch normalisation alone sees each batch by itself. With GD 1.
  std::int64_t accumulate = 1;
  double validation = 0;    ///< a stratified fraction of the training images held out; 0: none
  Dataset validation_data;  ///< instead of a fraction
  /// Which training images an epoch has: "shuffle": each once; "balanced": as many draws as there
  /// are images, every class equally often. An image that comes twice is augmented by other random
  /// numbers each time. Not with GD, and only where the targets are classes.
  std::string sampling = "shuffle";
  /// "flip", "crop:4", "cutout:8", "noise:0.05", "mixup:0.2", "cutmix:1" (docs/experiment.md),
  /// applied in this order. Of several that mix images each image takes one.
  std::vector<std::string> augment;
  /// Images that cannot be read: "skip" gives them the weight 0, up to 1 % of the images, and names
  /// each once in the run's log.txt and in Callbacks::on_note; "fail" ends the training.
  std::string on_error = "fail";
  std::string monitor =
      "val_data_loss";  ///< of the best epoch; "val_accuracy", "train_objective", ...
  /// Metrics beside those that are measured anyway, as make_metric takes them: "f1", "top_k:3". The
  /// monitor's metric is measured without being here.
  std::vector<std::string> metrics;
  int patience = 0;          ///< epochs without improvement before stopping; 0: never
  bool restore_best = true;  ///< the model ends with the best epoch's weights
  /// From this epoch on nothing is frozen: at least 2; 0: ModelOptions::frozen holds to the end.
  int unfreeze_at = 0;
  /// "ema": a moving average of the weights after every update, of `average_decay`; "swa": the mean
  /// of the weights at the ends of the epochs from `average_from` on, a fraction of the epochs
  /// (below 1) or the number of an epoch; "none". Training itself goes by the plain weights;
  /// validation, the best epoch, the run's model.safetensors and the model in the end are the
  /// averaged ones, once there are any. An interrupted fit leaves the plain ones. Running
  /// statistics are averaged along by "ema", and measured anew at each such epoch's end by "swa".
  std::string average = "none";
  double average_decay = 0.999;  ///< in [0, 1)
  double average_from = 0.75;
  std::filesystem::path run;  ///< a folder for history.csv, diagnosis.csv, model.safetensors (of
                              ///< the best epoch) and checkpoint.safetensors, written each epoch,
                              ///< and diverged.safetensors, the model as it was when it diverged;
                              ///< one program at a time may use it; empty: none
  bool statistics = true;     ///< Epoch::statistics; without them there are no verdicts
  /// Updates between those whose numbers go into the run's steps.csv, a line a parameter, written
  /// each epoch; 0, or without `statistics`: none.
  std::int64_t log_every = 0;
  /// Go on from the run's checkpoint, bit for bit; from the start where there is none. Everything
  /// but `epochs` (with constant schedules), `patience`, `log_every` and `callbacks` must be as it
  /// was.
  bool resume = false;
  Callbacks callbacks;
  const std::atomic<bool>* stop = nullptr;  ///< set from outside: saves a checkpoint and returns
};

struct EvaluateOptions {
  std::vector<std::string> metrics;  ///< beside those that are measured anyway, as in FitOptions
  std::string on_error = "fail";     ///< as in FitOptions
  std::function<void(const std::string& sentence)> on_note = {};  ///< as in Callbacks
};

/// What came from a file of weights.
struct LoadedWeights {
  std::vector<std::string> taken;    ///< parameters, statistics too
  std::vector<std::string> tensors;  ///< the tensor of the file that each of them comes from
  std::string naming;                ///< "torchvision's ResNet names"; empty: our own names
  /// What was left over on either side, and why: "dense_2.kernel is 10x64 in the file and 3x64 in
  /// the network", "head.weight is not in the network".
  std::vector<std::string> left;
};

class Model {
 public:
  /// Throws UsageError where the network, the input, the loss and the penalty do not fit.
  Model(Network network, ModelOptions options);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  /// Trains. Called again it goes on: from the weights, the optimiser's state and the random
  /// streams as they are, with schedules from their start. Throws UsageError for options and data
  /// that do not fit the model or each other, DataError for targets out of range, images that
  /// cannot be read and a checkpoint that is corrupt, DivergedError, with the verdicts, when the
  /// loss becomes NaN or infinite, ResourceError where the run's files cannot be written or its
  /// folder is in use.
  History fit(const Dataset& train, const FitOptions& options = {});
  /// Metrics of labelled images, with standard errors, values for each class and the confusion
  /// matrix. The penalty is that
  /// of the weights, by the base l2 of the epoch that they come from, and that of the activations
  /// (activity_regularization) as evaluated. Throws UsageError for images
  /// of another shape or without labels, DataError for targets out of range, images that cannot be
  /// read and pixels that are not finite, DivergedError where the loss is not finite, though the
  /// pixels are.
  Metrics evaluate(const Dataset& data, const EvaluateOptions& options = {});
  /// Probabilities (the network's output), images x outputs, all of them finite. Throws UsageError
  /// for images of another shape, DataError for images that cannot be read, and for one that has a
  /// pixel that is not finite and so gives no probabilities; DivergedError where it gives none
  /// though its pixels are finite.
  std::vector<float> predict(const Dataset& data);
  /// For images in memory: {channels, height, width} each, in [0, 1]. Throws likewise, and
  /// DataError for pixels that are no whole number of images.
  std::vector<float> predict(std::span<const float> pixels, ImageLayout layout = ImageLayout::nchw);
  std::vector<float> predict(std::span<const std::uint8_t> pixels,
                             ImageLayout layout = ImageLayout::nhwc);
  /// The `count` most probable classes of each image. Throws UsageError for a probability that is
  /// NaN.
  std::vector<std::vector<Prediction>> top(std::span<const float> probabilities, int count) const;

  /// One file: weights, network, input, class names and penalties. Written whole or not at all.
  /// The optimiser's state stays behind: a loaded model begins anew there.
  void save(const std::filesystem::path& file) const;
  /// Throws DataError for a file that is truncated, corrupt or from another version, that has
  /// weights that are not finite, or that a training left when it diverged; ResourceError for one
  /// that cannot be read, UsageError for a negative number of threads.
  static Model load(const std::filesystem::path& file, int threads = 0);
  /// Likewise, and takes a diverged.safetensors, too, with weights that may be NaN: to look at it.
  static Model load_diverged(const std::filesystem::path& file);
  /// Takes from a safetensors file, one of save() or any other, the tensors that have the name and
  /// shape of a parameter ("conv2d_1.kernel", OIHW) and are F32; the rest stays as it is. The file
  /// becomes options().weights, so that the trainings of a selection begin with it, too. Throws
  /// DataError for another kind of file, or if none of its tensors fits, ResourceError for one that
  /// cannot be read.
  LoadedWeights load_weights(const std::filesystem::path& file);

  /// A smaller model that predicts the same, to rounding: without the filters and units that are
  /// zero (drop_zero_filters in shrink.hpp); `staying` becomes those that cannot go. Rules and
  /// frozen patterns go if their layers are gone. `compute.kernels` go, because they were chosen
  /// for other sizes. Everything else stays.
  Model shrunk(std::vector<StayingFilters>* staying = nullptr) const;

  /// Other penalties and constraints from the next step on; fit's callbacks may call it. Those that
  /// layers brought along are among the rules of options().regularize, and go with them. Schedules
  /// stand where training stands. Throws UsageError as the constructor does, and changes nothing
  /// then.
  void set_regularize(const Regularize& regularize);

  /// About how many bytes of memory fit() takes with batches of so many images, at least 1:
  /// weights, the optimizer's state, gradients and activations, without the images of the data set.
  std::size_t training_memory(std::int64_t batch);

  const Network& network() const;
  const Layout& layout() const;
  const ModelOptions& options() const;
  std::string summary() const;  ///< with the penalty of each parameter
  /// The same in a terminal's columns: those that do not fit side by side follow below.
  std::string summary(std::size_t width) const;
  // By a parameter's name, "conv2d_1.kernel", in its plain layout. Throw UsageError for an unknown
  // name, with the nearest known one, and for another number of values.
  std::vector<float> weights(std::string_view parameter) const;
  void set_weights(std::string_view parameter, std::span<const float> values);

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What a run's history.csv and diagnosis.csv say of the training of `model`, and the verdicts. The
/// model may be that of RUN/model.safetensors or, where the training diverged, of
/// RUN/diverged.safetensors (load_diverged). Fields found in neither file are 0: best_epoch,
/// standard errors, numbers of images. Throws DataError, with the
/// line, for files that are cut short, corrupt or of another network, ResourceError for one that
/// cannot be read.
History load_history(const std::filesystem::path& run, const Model& model);

}  // namespace ridgeline
