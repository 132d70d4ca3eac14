#pragma once
// A task is a kind of problem: what depends on it is in one place.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/collator.hpp"
#include "ridgeline/loss.hpp"

namespace ridgeline {

/// One label that a network gives an image.
struct Prediction {
  std::int32_t label = 0;  ///< the index of its name
  std::string name;
  double probability = 0;
};

/// What a network says about one image.
struct ImagePrediction {
  std::vector<Prediction> labels;                      ///< the most probable first
  std::vector<std::pair<std::string, double>> values;  ///< of a regression, by name
};

/// What the names of a schema and a network's outputs have to do with each other.
class Task {
 public:
  virtual ~Task() = default;
  /// As TargetSchema::task has it: "classify", "multi-label", "regress".
  virtual std::string_view name() const = 0;
  /// How targets become the tensors of a batch, and how they follow their images.
  virtual const Collator& collator() const = 0;
  /// What ends a preset: "softmax", "sigmoid" or "linear".
  virtual std::string_view activation() const = 0;
  /// The kind of loss where none is chosen.
  virtual std::string_view default_loss() const = 0;
  /// The tensor of targets that metrics are measured on, as targets.hpp names it.
  virtual std::string_view target() const = 0;
  /// The metrics that are measured where none are chosen, as make_metric takes them: in every
  /// epoch, whose time depends on them, and in an evaluation.
  virtual std::vector<std::string> training_metrics() const = 0;
  virtual std::vector<std::string> evaluation_metrics() const { return training_metrics(); }
  /// Throws UsageError, saying what to do, where a network with such outputs cannot be measured by
  /// targets of this schema and this loss. `what` names the images: "validation images".
  virtual void check(std::string_view what, const TargetSchema& schema, const Loss& loss,
                     std::span<const OutputSpec> outputs) const = 0;
  /// The same where it is to learn from them, which may ask for more.
  virtual void check_training(std::string_view what, const TargetSchema& schema, const Loss& loss,
                              std::span<const OutputSpec> outputs) const {
    check(what, schema, loss, outputs);
  }
  /// What the network says about one image. `outputs` are those of that image alone, after their
  /// activations. At most `top` labels are given, the most probable first.
  virtual ImagePrediction predict(const Tensors& outputs, std::span<const std::string> names,
                                  int top) const = 0;
};

/// Throws UsageError for an unknown task, with the nearest known one.
const Task& task_named(std::string_view name);
std::vector<std::string> task_names();
/// Adds a task of an application's own. Throws UsageError for a name that is known already.
/// Thread-safe. The task stays until the program ends.
void register_task(std::unique_ptr<const Task> task);

}  // namespace ridgeline
