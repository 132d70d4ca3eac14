#include "select/score.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/registry.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"
#include "train/monitor.hpp"

namespace ridgeline::selection {
std::string_view name_of(std::string_view metric) {
  constexpr std::string_view prefix = "val_";
  if (metric.starts_with(prefix)) return metric.substr(prefix.size());
  if (metric.starts_with("test_")) {
    throw UsageError(fmt::format(
        "select.metric cannot be {}: the test set is measured once, after the choice, and does not "
        "take part in it",
        metric));
  }
  throw UsageError(fmt::format(
      "select.metric is measured on the validation images, as val_data_loss is: it cannot be '{}'",
      metric));
}

bool higher_is_better(std::string_view metric, const std::vector<Trial>& trials) {
  const std::string_view name = name_of(metric);
  if (train::is_loss(name)) return false;
  for (const Trial& trial : trials) {
    const MetricValue* value = trial.validation ? trial.validation->find(name) : nullptr;
    if (value) return value->higher_is_better;
  }
  return metrics::higher_is_better(name);
}

void check_metric(std::string_view metric, const SearchSpace& over,
                  const std::vector<MetricValue>& measured) {
  const std::string_view name = name_of(metric);
  const auto found = std::ranges::find(measured, name, &MetricValue::name);
  if (found == measured.end() && !train::is_loss(name)) {
    std::vector<std::string> known{"val_data_loss", "val_objective"};
    for (const MetricValue& value : measured) known.push_back("val_" + value.name);
    const std::string near =
        nearest(metric, std::vector<std::string_view>(known.begin(), known.end()));
    throw UsageError(fmt::format(
        "unknown select.metric '{}': {}", metric,
        near.empty() ? fmt::format("the validation images give {}", fmt::join(known, ", "))
                     : fmt::format("did you mean '{}'?", near)));
  }
  check_metric(metric, over);
}

void check_metric(std::string_view metric, const SearchSpace& over) {
  name_of(metric);
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
  const std::string_view name = name_of(metric);
  const bool measured = epoch.validation && (train::is_loss(name) || epoch.validation->find(name));
  return measured ? epoch.validation->value(name) : std::numeric_limits<double>::quiet_NaN();
}

double image_error_of(std::string_view metric, const Epoch& epoch) {
  const std::string_view name = name_of(metric);
  const bool measured = epoch.validation && (train::is_loss(name) || epoch.validation->find(name));
  return measured ? epoch.validation->standard_error(name) : 0;
}

MeanAndError mean_and_error(const std::vector<double>& values) {
  return mean_and_error(values, static_cast<double>(values.size()));
}

MeanAndError mean_and_error(const std::vector<double>& values, double distinct) {
  MeanAndError result;
  const double n = static_cast<double>(values.size());
  for (const double v : values) result.mean += v / n;
  if (values.size() < 2) return result;
  double square = 0;
  for (const double v : values) square += (v - result.mean) * (v - result.mean);
  constexpr double least = 1e-9;
  result.standard_error = distinct - 1 > least ? std::sqrt(square / n / (distinct - 1))
                                               : std::numeric_limits<double>::quiet_NaN();
  return result;
}

namespace {

/// A single image has no error over images: the folds' own values take its place.
void take_errors_of_folds(Metrics& mean, const std::vector<Metrics>& folds, double distinct) {
  std::vector<double> losses;
  losses.reserve(folds.size());
  for (const Metrics& m : folds) losses.push_back(m.data_loss);
  mean.data_loss_error = mean_and_error(losses, distinct).standard_error;
  for (MetricValue& value : mean.values) {
    std::vector<double> values;
    values.reserve(folds.size());
    for (const Metrics& m : folds) values.push_back(m.value(value.name));
    value.standard_error = mean_and_error(values, distinct).standard_error;
  }
}

}  // namespace

Metrics mean_of(const std::vector<Metrics>& folds, double distinct) {
  Metrics mean;
  const double n = static_cast<double>(folds.size());
  // Images of several folds count once.
  const double error_scale = std::sqrt(n / distinct) / n;
  for (const Metrics& m : folds) {
    mean.data_loss += m.data_loss / n;
    mean.penalty += m.penalty / n;
    mean.objective += m.objective / n;
    mean.images += m.images;
    mean.data_loss_error = std::hypot(mean.data_loss_error, m.data_loss_error * error_scale);
    for (const MetricValue& from : m.values) {
      auto value = std::ranges::find(mean.values, from.name, &MetricValue::name);
      if (value == mean.values.end()) {
        mean.values.push_back({.name = from.name, .higher_is_better = from.higher_is_better});
        value = mean.values.end() - 1;
      }
      value->value += from.value / n;
      value->standard_error = std::hypot(value->standard_error, from.standard_error * error_scale);
    }
  }
  const bool single = std::ranges::any_of(folds, [](const Metrics& m) { return m.images == 1; });
  if (single && folds.size() > 1) take_errors_of_folds(mean, folds, distinct);
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
