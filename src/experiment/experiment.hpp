#pragma once
// An experiment: everything that `train` and `select` can be told, as plain values. Each field is
// a key of the experiment file under the same name; keys.cpp has their meanings and limits.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "experiment/class_weights.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::experiment {

struct DataSection {
  std::string source = "fashion-mnist";
  std::string path;
  std::variant<double, std::string> validation = 0.1;  ///< a fraction, or a folder or split
  std::string test;                                    ///< empty: the source's own test split
  std::int64_t limit = 0;                              ///< training images to use; 0: all
  std::string groups;
  std::vector<std::string> augment;
  bool operator==(const DataSection&) const = default;
};

struct ModelSection {
  std::string preset = "article-cnn";  ///< empty where `layers` are given
  Network layers;
  std::string weights;  ///< a file to begin with; empty: none
  std::vector<std::string> frozen;
  std::string normalize = "none";  ///< what a preset begins with
  bool operator==(const ModelSection&) const = default;
};

struct LossSection {
  std::string kind = "cross-entropy";
  double label_smoothing = 0;
  ClassWeights class_weights;
  bool operator==(const LossSection&) const = default;
};

/// The options of all kinds side by side: here at the defaults of adam and, where it has no such
/// option, of the kind that does. Those that are not the kind's stay there; a file that does not
/// give one of the kind's gets the kind's default.
struct OptimizerSection {
  std::string kind = "adam";
  Schedule learning_rate = 1e-3;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;
  double momentum_decay = 4e-3;
  double rho = 0.9;
  bool centered = false;
  double initial_accumulator = 0.1;
  double trust = 1e-3;
  std::int64_t newton_schulz = 5;
  std::int64_t history = 10;
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
  std::string precision = "fp32";
  std::int64_t threads = 0;
  std::int64_t shards = 0;
  bool autotune = false;
  std::vector<std::string> kernels;  ///< "conv2d_1=winograd"; empty: by table, or autotune
  bool winograd = true;
  std::string monitor = "val_data_loss";
  std::int64_t patience = 0;
  std::int64_t unfreeze_at = 0;  ///< 0: what is frozen stays so
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
  std::string method = "grid";
  std::int64_t trials = 16;
  std::int64_t folds = 5;
  std::string rule = "one-standard-error";
  std::int64_t jobs = 0;  ///< trainings at a time; 0: chosen
  std::string study = "studies/{name}-{time}";
  bool operator==(const SelectSection&) const = default;
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
