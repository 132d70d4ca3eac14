#pragma once
// An experiment: everything that `train` and `select` can be told, as plain values. Each field is
// a key of the experiment file under the same name, and so is each option; keys.cpp has their
// meanings and limits.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "ridgeline/compute.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizers.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::experiment {

/// Whether the file or the command line gave a key. It is not saved: records contain automatic
/// choices as if they had been given.
struct Given {
  bool value = false;
  friend bool operator==(const Given&, const Given&) { return true; }
};

struct DataSection {
  std::string source = "fashion-mnist";
  std::string path;
  std::variant<double, std::string> validation = 0.1;  ///< a fraction, or a folder or part
  Given validation_given = {};     ///< if not, the source's own validation part is preferred
  std::string test;                ///< empty: the source's own test split
  std::int64_t limit = 0;          ///< training images to use; 0: all
  std::vector<std::int64_t> size;  ///< one number, or height and width; empty: the images' own
  std::int64_t channels = 0;       ///< 1 or 3; 0: 3, or 1 if all images are grey
  std::string resize = "crop";
  std::string filter = "bilinear";
  double crop_share = 1;
  std::string exclude;  ///< a file that lists images to leave out
  std::string on_error = "skip";
  std::string sampling = "shuffle";
  std::vector<std::string> augment;
  std::string cache = "memory";  ///< where decoded images are kept: none, memory or disk
  double cache_limit = 0;        ///< GB; 0: half of what is free
  std::string cache_path;        ///< of packs on the disk; empty: the user's cache
  Attributes options = {};       ///< of the source
  bool operator==(const DataSection&) const = default;
};

struct ModelSection {
  std::string preset = "article-cnn";  ///< empty if `layers` are given
  Network layers;
  std::vector<std::string> outputs;  ///< layers that the loss reads; empty: the last one
  std::string weights;               ///< a file to begin with; empty: none
  std::vector<std::string> frozen;
  std::string normalize = "none";  ///< what a preset begins with
  bool operator==(const ModelSection&) const = default;
};

struct LossSection {
  std::string kind = "cross-entropy";
  Given kind_given = {};                               ///< if not, the task of the images chooses
  Attributes options = cross_entropy()->attributes();  ///< of the kind
  bool operator==(const LossSection&) const = default;
};

struct OptimizerSection {
  std::string kind = "adam";
  Schedule learning_rate = 1e-3;
  Attributes options = adam().optimizer->attributes();  ///< of the kind
  std::int64_t lookahead = 0;
  double lookahead_alpha = 0.5;
  double clip_norm = 0;
  double clip_value = 0;
  std::vector<RateRule> rules;
  bool operator==(const OptimizerSection&) const = default;
};

struct TrainSection {
  std::int64_t epochs = 10;
  std::int64_t batch = 32;
  std::int64_t accumulate = 1;
  std::int64_t seed = 1;
  std::int64_t threads = 0;
  std::int64_t shards = 0;
  bool autotune = false;
  ComputeOptions compute;
  std::string monitor = "val_data_loss";
  std::vector<std::string> metrics;  ///< in addition to the default ones: "f1", "top_k:3"
  std::int64_t patience = 0;
  std::int64_t unfreeze_at = 0;  ///< 0: frozen parameters stay frozen
  std::string average = "none";
  double average_decay = 0.999;
  double average_from = 0.75;
  std::int64_t log_every = 0;  ///< updates between those in steps.csv; 0: none
  std::string run = "runs/{name}-{time}";
  bool operator==(const TrainSection&) const = default;
};

struct SelectSection {
  SearchSpace over = {{"regularize.l2", {.min = 1e-6, .max = 1e-1}}};
  std::string metric = "val_data_loss";
  std::string method = "race";
  std::int64_t trials = 16;
  std::string sampler = "auto";
  double factor = 3;
  std::string split = "stratified";
  std::int64_t folds = 5;
  std::int64_t repeats = 1;
  std::int64_t leave_groups = 1;
  std::string fold_file;  ///< replaces `split`; empty: none
  std::int64_t outer_folds = 0;
  std::string rule = "one-standard-error";
  std::int64_t jobs = 0;  ///< trainings at a time; 0: chosen
  std::string study = "studies/{name}-{time}";
  bool join = false;  ///< as SelectOptions::join; not a key
  bool operator==(const SelectSection&) const = default;

  /// Whether a fraction of the training images is held out, in place of folds.
  bool holds_out() const { return folds == 1 && split == "stratified" && fold_file.empty(); }
};

struct Experiment {
  DataSection data;
  ModelSection model;
  LossSection loss;
  Regularize regularize{.l2 = 1e-4};
  OptimizerSection optimizer;
  TrainSection train;
  SelectSection select;
  bool operator==(const Experiment&) const = default;
};

}  // namespace ridgeline::experiment
