#include "select/score.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::array<std::string_view, 5> metrics{"val_data_loss", "val_accuracy", "val_top5",
                                                  "val_objective", "val_penalty"};

}  // namespace

bool higher_is_better(std::string_view metric) {
  if (std::ranges::find(metrics, metric) == metrics.end()) {
    const std::string near = nearest(metric, metrics);
    throw UsageError(fmt::format(
        "unknown select.metric '{}': {}", metric,
        near.empty() ? fmt::format("the validation images give {}", fmt::join(metrics, ", "))
                     : fmt::format("did you mean '{}'?", near)));
  }
  return metric == "val_accuracy" || metric == "val_top5";
}

void check_metric(std::string_view metric, const SearchSpace& over) {
  higher_is_better(metric);
  if (metric == "val_penalty") {
    throw UsageError(
        "select.metric = val_penalty measures how large the weights are, not how good the "
        "predictions: use val_data_loss or val_accuracy");
  }
  const auto penalty = std::ranges::find_if(
      over, [](const auto& searched) { return searched.first.starts_with("regularize."); });
  if (metric == "val_objective" && penalty != over.end()) {
    throw UsageError(fmt::format(
        "select.metric = val_objective counts the penalty, which {} changes by itself, so that it "
        "does not compare the candidates by their predictions: use val_data_loss or val_accuracy",
        penalty->first));
  }
}

double score_of(std::string_view metric, const Epoch& epoch) {
  return epoch.validation ? epoch.validation->value(metric.substr(metric.find('_') + 1))
                          : std::numeric_limits<double>::quiet_NaN();
}

double image_error_of(std::string_view metric, const Epoch& epoch) {
  if (!epoch.validation) return 0;
  const Metrics& m = *epoch.validation;
  if (metric == "val_accuracy") return m.accuracy_error;
  // The penalty is the same for every image.
  if (metric == "val_data_loss" || metric == "val_objective") return m.data_loss_error;
  if (metric != "val_top5" || m.images == 0) return 0;
  return std::sqrt(m.top5 * (1 - m.top5) / static_cast<double>(m.images));
}

MeanAndError mean_and_error(const std::vector<double>& values) {
  MeanAndError result;
  const double n = static_cast<double>(values.size());
  for (const double v : values) result.mean += v / n;
  if (values.size() < 2) return result;
  double square = 0;
  for (const double v : values) square += (v - result.mean) * (v - result.mean);
  result.standard_error = std::sqrt(square / (n - 1) / n);
  return result;
}

Metrics mean_of(const std::vector<Metrics>& folds) {
  Metrics mean;
  const double n = static_cast<double>(folds.size());
  for (const Metrics& m : folds) {
    mean.data_loss += m.data_loss / n;
    mean.penalty += m.penalty / n;
    mean.objective += m.objective / n;
    mean.accuracy += m.accuracy / n;
    mean.top5 += m.top5 / n;
    mean.images += m.images;
    mean.data_loss_error = std::hypot(mean.data_loss_error, m.data_loss_error / n);
    mean.accuracy_error = std::hypot(mean.accuracy_error, m.accuracy_error / n);
  }
  return mean;
}

int median(std::vector<int> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle] + 1) / 2;
}

}  // namespace ridgeline::selection
