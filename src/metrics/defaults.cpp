// Which metrics are measured where nobody says otherwise.

#include <map>

#include "metrics/set.hpp"

namespace ridgeline::metrics {
namespace {

struct Lists {
  std::vector<std::string> training, evaluation;
};

const Lists& lists(std::string_view target) {
  static const Lists of_classes{
      {"accuracy", "top_k:5"},
      {"accuracy", "top_k:5", "balanced_accuracy", "precision", "recall", "f1", "ece", "brier"}};
  static const std::map<std::string_view, Lists> all{
      {class_tensor, of_classes},
      {probabilities_tensor, of_classes},
      {labels_tensor,
       {{"average_precision", "f1", "roc_auc"},
        {"average_precision", "precision", "recall", "f1", "f1:micro", "roc_auc", "ece", "brier"}}},
      {values_tensor, {{"mae", "rmse", "r2"}, {"mae", "rmse", "r2"}}}};
  static const Lists none;
  const auto found = all.find(target);
  return found == all.end() ? none : found->second;
}

}  // namespace

std::vector<std::string> training_metrics(std::string_view target) {
  return lists(target).training;
}

std::vector<std::string> evaluation_metrics(std::string_view target) {
  return lists(target).evaluation;
}

}  // namespace ridgeline::metrics
