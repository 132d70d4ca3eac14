#pragma once
// A model is a network with weights, a loss, an optimiser and a penalty. It can be trained,
// evaluated, saved and loaded, and it predicts.

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

/// The state of a training, for callbacks.
struct Progress {
  int epoch = 0, epochs = 0;
  std::int64_t step = 0, steps = 0;  ///< within the epoch
  double images_per_second = 0;
  Metrics train;  ///< of the epoch so far; NaN for slow metrics (Metric::quick)
};

/// Functions of an application that are called during training, on the thread that called fit.
struct Callbacks {
  /// Called once, after all checks. The run's folder is locked, and nothing in it has changed yet.
  std::function<void()> on_begin;
  /// Called after steps, at most about 20 times a second. Return false to stop here, as after an
  /// interruption.
  std::function<bool(const Progress&)> on_step;
  /// Called after every update with numbers for each parameter. Only with FitOptions::statistics.
  std::function<void(const StepStatistics&)> on_update;
  /// Called with sentences for people, such as the name of an image that could not be read. The
  /// threads that read images call it, one at a time.
  std::function<void(const std::string& sentence)> on_note;
  /// Called after each epoch, when it is validated and its files are written. Return false to stop
  /// early.
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
  /// How images of other sizes are brought to this shape. Absent: training does not resize, and
  /// predict squashes.
  std::optional<Preprocessing> preprocessing = {};
  LossPtr loss = cross_entropy();
  OptimizerSetting optimizer = adam();
  Regularize regularize;   ///< in Model::options its rules begin with those of the layers
  std::uint64_t seed = 1;  ///< for initialisation, shuffling, augmentation, dropout, noise
  int threads = 0;         ///< 0: all cores; resolved in Model::options
  int shards = 0;          ///< 0: one per thread; fixes the order of summation; resolved as above
  ComputeOptions compute;  ///< precision and kernels
  /// Measures which kernels are fastest on this machine, and sets compute.kernels if it is empty.
  /// The user's cache keeps the measurements, so that later models get the same kernels.
  bool autotune = false;
  /// "classify", "multi-label", "regress", or a registered task. Empty: the task of the training
  /// data.
  std::string task;
  /// The names of classes, labels or values, one for each output. Empty: those of the training
  /// data.
  std::vector<std::string> class_names;
  /// Globs over "layer.parameter" or the layer, as in PenaltyRule. Frozen parameters do not change
  /// and are not penalised. Running statistics of frozen layers are still updated.
  std::vector<std::string> frozen;
  /// Learning rates of single parameters. If several rules match, the last one applies. The step,
  /// `decay` and the threshold of l1 all use the parameter's own rate.
  std::vector<RateRule> rate_rules;
  /// A file of initial weights, as for Model::load_weights. Weights that it does not have are drawn
  /// by `seed`. Empty: none.
  std::filesystem::path weights;
};

struct FitOptions {
  int epochs = 10;
  std::int64_t batch = 32;  ///< at most the training images; with GD the size of a micro-batch
  /// The number of batches for one update. The gradient is the mean over all their images, as for
  /// one batch of `accumulate` times as many images, and a step is an update. Only batch
  /// normalisation sees each batch separately. Must be 1 with GD.
  std::int64_t accumulate = 1;
  /// The stratified fraction of the training images that is held out; 0: none.
  double validation = 0;
  Dataset validation_data;  ///< instead of a fraction
  /// Which training images an epoch has: "shuffle": each once; "balanced": as many draws as there
  /// are images, every class equally often. An image that comes twice is augmented by other random
  /// numbers each time. Not with GD, and only where the targets are classes.
  std::string sampling = "shuffle";
  /// "flip", "crop:4", "cutout:8", "noise:0.05", "mixup:0.2", "cutmix:1" (docs/experiment.md),
  /// applied in this order. If several of them mix images, each image takes one.
  std::vector<std::string> augment;
  /// What happens if an image cannot be read. "skip": it gets the weight 0 and is named once in the
  /// run's log.txt and in Callbacks::on_note; more than 1 % of such images end the training.
  /// "fail": the first one ends the training.
  std::string on_error = "fail";
  /// Decides which epoch is the best: "val_accuracy", "train_objective", ...
  std::string monitor = "val_data_loss";
  /// Metrics in addition to the task's own, in the form of make_metric: "f1", "top_k:3". The
  /// monitor's metric is always measured.
  std::vector<std::string> metrics;
  int patience = 0;          ///< epochs without improvement before stopping; 0: never
  bool restore_best = true;  ///< at the end the model gets the best epoch's weights
  /// From this epoch on, at least 2, nothing is frozen. 0: ModelOptions::frozen applies until the
  /// end.
  int unfreeze_at = 0;
  /// Averages the weights. "ema": a moving average after every update, with `average_decay`. "swa":
  /// the mean of the weights at the ends of the epochs from `average_from` on, which is a fraction
  /// of the epochs (below 1) or an epoch's number. "none": no average. Training uses the plain
  /// weights. Validation, the best epoch, the run's model.safetensors and the model at the end use
  /// the averaged weights, once there are any. After an interruption the model has the plain
  /// weights. "ema" averages running statistics, too; "swa" measures them again at the end of each
  /// averaged epoch.
  std::string average = "none";
  double average_decay = 0.999;  ///< in [0, 1)
  double average_from = 0.75;
  /// The run's folder. Each epoch writes history.csv, diagnosis.csv, model.safetensors (of the best
  /// epoch) and checkpoint.safetensors; a training that diverges writes diverged.safetensors. One
  /// program at a time can use the folder. Empty: no files.
  std::filesystem::path run;
  bool statistics = true;  ///< measures Epoch::statistics, which verdicts need
  /// Every so many updates the run's steps.csv gets a line for each parameter; the file is written
  /// each epoch. 0, or without `statistics`: never.
  std::int64_t log_every = 0;
  /// Continues from the run's checkpoint, bit for bit, or begins if there is none. Only `epochs`
  /// (with constant schedules), `patience`, `log_every` and `callbacks` may differ from the
  /// interrupted call.
  bool resume = false;
  Callbacks callbacks;
  /// If it becomes true, fit saves a checkpoint and returns.
  const std::atomic<bool>* stop = nullptr;
};

struct EvaluateOptions {
  std::vector<std::string> metrics;  ///< in addition to the task's own, as in FitOptions
  std::string on_error = "fail";     ///< as in FitOptions
  std::function<void(const std::string& sentence)> on_note = {};  ///< as in Callbacks
};

/// The result of loading weights from a file.
struct LoadedWeights {
  std::vector<std::string> taken;    ///< the parameters and statistics that were set
  std::vector<std::string> tensors;  ///< the tensor of the file for each of them
  std::string naming;                ///< "torchvision's ResNet names"; empty: Ridgeline's names
  /// What was not used on either side, and why: "dense_2.kernel is 10x64 in the file and 3x64 in
  /// the network", "head.weight is not in the network".
  std::vector<std::string> left;
};

class Model {
 public:
  /// Throws UsageError if network, input, loss and penalty do not fit together.
  Model(Network network, ModelOptions options);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  /// Trains. A second call continues with the weights, the optimiser's state and the random streams
  /// of the first; schedules start again. Throws UsageError if options and data do not fit the
  /// model or each other; DataError for targets out of range, images that cannot be read and a
  /// corrupt checkpoint; DivergedError, with verdicts, if the loss becomes NaN or infinite;
  /// ResourceError if the run's files cannot be written or its folder is in use.
  History fit(const Dataset& train, const FitOptions& options = {});
  /// Metrics of labelled images, with standard errors, values for each class and the confusion
  /// matrix. The penalty is that of the weights, with the l2 of the epoch that they come from, plus
  /// that of the activations (activity_regularization) on these images. Throws UsageError for
  /// images of another shape or without labels; DataError for targets out of range, images that
  /// cannot be read and pixels that are not finite; DivergedError if the loss is not finite
  /// although the pixels are.
  Metrics evaluate(const Dataset& data, const EvaluateOptions& options = {});
  /// The network's outputs, for example probabilities: images x outputs, all finite. Throws
  /// UsageError for images of another shape. If the outputs of an image are not finite, throws
  /// DataError if a pixel is not finite, and DivergedError otherwise. Throws DataError also for
  /// images that cannot be read.
  std::vector<float> predict(const Dataset& data);
  /// The same for images in memory: floats in [0, 1], or bytes. Throws DataError also if `pixels`
  /// is not a whole number of images.
  std::vector<float> predict(std::span<const float> pixels, ImageLayout layout = ImageLayout::nchw);
  std::vector<float> predict(std::span<const std::uint8_t> pixels,
                             ImageLayout layout = ImageLayout::nhwc);
  /// The `count` most probable classes of each image. Throws UsageError if a probability is NaN.
  std::vector<std::vector<Prediction>> top(std::span<const float> probabilities, int count) const;

  /// Writes one file with weights, network, input, class names and penalties, whole or not at all.
  /// It does not contain the optimiser's state.
  void save(const std::filesystem::path& file) const;
  /// Throws DataError if the file is truncated, corrupt, from another version or from a diverged
  /// training, or has weights that are not finite; ResourceError if it cannot be read; UsageError
  /// for a negative number of threads.
  static Model load(const std::filesystem::path& file, int threads = 0);
  /// The same for inspection: also accepts a diverged.safetensors, whose weights may be NaN.
  static Model load_diverged(const std::filesystem::path& file);
  /// Loads weights from any safetensors file, of save() or from elsewhere: the F32 tensors that
  /// have the name and shape of a parameter ("conv2d_1.kernel", OIHW). Other parameters do not
  /// change. The file becomes options().weights, so that the trainings of a selection begin with
  /// it, too. Throws DataError for another kind of file or if no tensor fits; ResourceError if it
  /// cannot be read.
  LoadedWeights load_weights(const std::filesystem::path& file);

  /// A smaller model without the filters and units that are zero (drop_zero_filters in shrink.hpp).
  /// It predicts the same, to rounding. `staying` becomes the zero filters that cannot be removed.
  /// Rules and frozen patterns of removed layers are removed, and so is `compute.kernels`, which
  /// was chosen for other sizes. Everything else is kept.
  Model shrunk(std::vector<StayingFilters>* staying = nullptr) const;

  /// Replaces all penalties and constraints from the next step on, also those of layers, which are
  /// rules of options().regularize. fit's callbacks may call it. Schedules continue at the current
  /// epoch. Throws UsageError as the constructor, and then changes nothing.
  void set_regularize(const Regularize& regularize);

  /// The approximate memory of fit() in bytes for batches of so many images, at least 1: weights,
  /// optimiser's state, gradients and activations, without the images of the data set.
  std::size_t training_memory(std::int64_t batch);

  const Network& network() const;
  const Layout& layout() const;
  const ModelOptions& options() const;
  std::string summary() const;  ///< with the penalty of each parameter
  /// The same for a terminal of so many columns. Columns of the table that do not fit are printed
  /// below.
  std::string summary(std::size_t width) const;
  // The values of a parameter, by its name "conv2d_1.kernel", in its plain layout. Throw UsageError
  // for an unknown name, with the nearest known one, and for a wrong number of values.
  std::vector<float> weights(std::string_view parameter) const;
  void set_weights(std::string_view parameter, std::span<const float> values);

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Reads the training of `model` from the run's history.csv and diagnosis.csv, and gives the
/// verdicts. `model` comes from RUN/model.safetensors or, if the training diverged, from
/// RUN/diverged.safetensors (load_diverged). Fields found in neither file are 0: best_epoch,
/// standard errors, numbers of images. Throws DataError, with the line, if a file is truncated,
/// corrupt or of another network; ResourceError if it cannot be read.
History load_history(const std::filesystem::path& run, const Model& model);

}  // namespace ridgeline
