#pragma once
// A task is a kind of problem, such as classification. It owns everything that depends on the kind
// of problem.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/collator.hpp"
#include "ridgeline/loss.hpp"

namespace ridgeline {

/// A label that a network predicts for an image.
struct Prediction {
  std::int32_t label = 0;  ///< the index of its name
  std::string name;
  double probability = 0;
};

/// A network's prediction for one image.
struct ImagePrediction {
  std::vector<Prediction> labels;                      ///< the most probable first
  std::vector<std::pair<std::string, double>> values;  ///< for regression, by name
};

/// Connects targets, network outputs, losses and metrics.
class Task {
 public:
  virtual ~Task() = default;
  /// The name in TargetSchema::task: "classify", "multi-label", "regress".
  virtual std::string_view name() const = 0;
  /// Combines targets into the tensors of a batch, and changes targets with their images.
  virtual const Collator& collator() const = 0;
  /// The last activation of a preset: "softmax", "sigmoid" or "linear".
  virtual std::string_view activation() const = 0;
  /// The kind of loss that is used if none is chosen.
  virtual std::string_view default_loss() const = 0;
  /// The name (targets.hpp) of the target tensor for metrics.
  virtual std::string_view target() const = 0;
  /// The metrics that are measured if none are chosen, in the form of make_metric: in every epoch,
  /// where they cost time, and in an evaluation.
  virtual std::vector<std::string> training_metrics() const = 0;
  virtual std::vector<std::string> evaluation_metrics() const { return training_metrics(); }
  /// Throws UsageError if a network with such outputs cannot be evaluated with this loss on targets
  /// of this schema. The message says what to do. `what` names the images: "validation images".
  virtual void check(std::string_view what, const TargetSchema& schema, const Loss& loss,
                     std::span<const OutputSpec> outputs) const = 0;
  /// The same for training images, which may have further conditions.
  virtual void check_training(std::string_view what, const TargetSchema& schema, const Loss& loss,
                              std::span<const OutputSpec> outputs) const {
    check(what, schema, loss, outputs);
  }
  /// The prediction for one image from its `outputs`, after their activations. It has at most `top`
  /// labels, the most probable first.
  virtual ImagePrediction predict(const Tensors& outputs, std::span<const std::string> names,
                                  int top) const = 0;
};

/// Throws UsageError for an unknown task, with the nearest known one.
const Task& task_named(std::string_view name);
std::vector<std::string> task_names();
/// Adds a task. It exists until the program ends. Throws UsageError if the name is already known.
/// Thread-safe.
void register_task(std::unique_ptr<const Task> task);

}  // namespace ridgeline
