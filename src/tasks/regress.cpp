// Numbers for each image.

#include "data/collators.hpp"
#include "options/check.hpp"
#include "tasks/tasks.hpp"

namespace ridgeline::tasks {
namespace {

class Regress final : public Task {
 public:
  std::string_view name() const override { return "regress"; }
  const Collator& collator() const override { return data::value_collator(); }
  std::string_view activation() const override { return "linear"; }
  std::string_view default_loss() const override { return "mse"; }
  std::string_view target() const override { return values_tensor; }
  std::vector<std::string> training_metrics() const override { return {"mae", "rmse", "r2"}; }

  void check(std::string_view what, const TargetSchema& schema, const Loss& loss,
             std::span<const OutputSpec> outputs) const override {
    require(loss.kind() != "cross-entropy",
            "the {} have numbers as targets, and cross-entropy learns classes: use "
            "loss.kind = \"mse\", or give soft labels the task \"classify\"",
            what);
    check_width(what, "values", schema, outputs);
  }

  ImagePrediction predict(const Tensors& outputs, std::span<const std::string> names,
                          int) const override {
    ImagePrediction prediction;
    const auto values = outputs[0].values<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      prediction.values.emplace_back(name_of(names, i), values[i]);
    }
    return prediction;
  }
};

}  // namespace

std::unique_ptr<const Task> regress() {
  return std::make_unique<const Regress>();
}

}  // namespace ridgeline::tasks
