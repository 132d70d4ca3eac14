// Any number of labels for each image, each from a sigmoid of its own.

#include "data/collators.hpp"
#include "options/check.hpp"
#include "tasks/tasks.hpp"

namespace ridgeline::tasks {
namespace {

class MultiLabel final : public Task {
 public:
  std::string_view name() const override { return "multi-label"; }
  const Collator& collator() const override { return data::label_collator(); }
  std::string_view activation() const override { return "sigmoid"; }
  std::string_view default_loss() const override { return "binary-cross-entropy"; }
  std::string_view target() const override { return labels_tensor; }
  std::vector<std::string> training_metrics() const override {
    return {"average_precision", "f1", "roc_auc"};
  }
  std::vector<std::string> evaluation_metrics() const override {
    return {"average_precision", "precision", "recall", "f1",
            "f1:micro",          "roc_auc",   "ece",    "brier"};
  }

  void check(std::string_view what, const TargetSchema& schema, const Loss&,
             std::span<const OutputSpec> outputs) const override {
    require(outputs[0].activation != "softmax",
            "an image may have several labels, but {} ends in a softmax, which gives one: "
            "give it activation = \"sigmoid\" and use loss.kind = "
            "\"binary-cross-entropy\"",
            outputs[0].name);
    check_width(what, "labels", schema, outputs);
  }

  ImagePrediction predict(const Tensors& outputs, std::span<const std::string> names,
                          int top) const override {
    return {.labels = ordered(outputs[0].values<float>(), names, top), .values = {}};
  }
};

}  // namespace

std::unique_ptr<const Task> multi_label() {
  return std::make_unique<const MultiLabel>();
}

}  // namespace ridgeline::tasks
