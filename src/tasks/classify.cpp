// One class for each image, from a softmax. A single sigmoid tells two classes apart.

#include <algorithm>

#include "data/collators.hpp"
#include "options/check.hpp"
#include "tasks/tasks.hpp"

namespace ridgeline::tasks {
namespace {

class Classify final : public Task {
 public:
  std::string_view name() const override { return "classify"; }
  const Collator& collator() const override { return data::class_collator(); }
  std::string_view activation() const override { return "softmax"; }
  std::string_view default_loss() const override { return "cross-entropy"; }
  std::string_view target() const override { return class_tensor; }
  std::vector<std::string> training_metrics() const override { return {"accuracy", "top_k:5"}; }
  std::vector<std::string> evaluation_metrics() const override {
    return {"accuracy", "top_k:5", "balanced_accuracy", "precision", "recall", "f1",
            "ece",      "brier"};
  }

  // Images that are measured may have fewer classes than the network.
  void check(std::string_view what, const TargetSchema& schema, const Loss&,
             std::span<const OutputSpec> outputs) const override {
    if (classes(schema) > known_by(outputs)) check_width(what, "classes", schema, outputs);
  }
  void check_training(std::string_view what, const TargetSchema& schema, const Loss&,
                      std::span<const OutputSpec> outputs) const override {
    if (classes(schema) != known_by(outputs)) check_width(what, "classes", schema, outputs);
  }

  ImagePrediction predict(const Tensors& outputs, std::span<const std::string> names,
                          int top) const override {
    const auto values = outputs[0].values<float>();
    if (values.size() > 1) return {.labels = ordered(values, names, top), .values = {}};
    if (names.size() != 2) return {.labels = ordered(values, names, top), .values = {}};
    // A single output is the probability of the second class.
    const std::vector<float> both{1 - values[0], values[0]};
    return {.labels = ordered(both, names, top), .values = {}};
  }

 private:
  static std::int64_t classes(const TargetSchema& schema) {
    return static_cast<std::int64_t>(schema.names.size());
  }
  // A single output tells two classes apart.
  static std::int64_t known_by(std::span<const OutputSpec> outputs) {
    return std::max<std::int64_t>(outputs[0].shape.elements(), 2);
  }
};

}  // namespace

std::unique_ptr<const Task> classify() {
  return std::make_unique<const Classify>();
}

}  // namespace ridgeline::tasks
