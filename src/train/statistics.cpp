#include "train/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ridgeline::train {
namespace {

// The step per unit of gradient, if it follows from the settings: with momentum, steps add up to
// learning rate / (1 - momentum). 0: it must be measured.
double known_step(const engine::UpdateRule& rule, std::size_t parameter) {
  const std::string_view kind = rule.optimizer->kind();
  if (kind != "sgd" && kind != "gd") return 0;
  return rule.rate_of(parameter) / (1 - rule.optimizer->attributes().real("momentum", 0));
}

ParameterStatistics statistics_of(const engine::ParameterReport& report, const Penalty& penalty,
                                  double decay, double known_step) {
  const double weight = std::sqrt(report.weight_square), gradient_square = report.gradient_square;
  ParameterStatistics s{.gradient_norm = std::sqrt(gradient_square),
                        .weight_norm = weight,
                        .penalty = penalty.l2 / 2 * report.weight_square +
                                   penalty.l1 * report.weight_absolute + report.terms.value};
  const double update = std::sqrt(report.update_square);
  double step = known_step;
  if (weight > 0) {
    s.update_ratio = update / weight;
    s.penalty_gradient = penalty.l2 * weight + penalty.l1 * report.weight_absolute / weight +
                         std::sqrt(report.terms.gradient_square);
  }
  if (step == 0) {
    // Without decoupled decay the step is between | |update| - decayed | and their sum: about the
    // larger of the two.
    const double decayed = decay * weight;
    const double gradient = std::hypot(s.gradient_norm, s.penalty_gradient);
    step = gradient > 0 ? std::max(update, decayed) / gradient : 0;
  }
  if (weight > 0) {
    s.shrink = decay + (step * s.penalty_gradient + std::sqrt(report.terms.moved_square)) / weight;
    s.effective_rate = step / report.weight_square;
  }
  s.largest_gradient = s.gradient_norm;
  s.largest_update = s.update_ratio;
  return s;
}

}  // namespace

std::vector<ParameterStatistics> of_step(const engine::UpdateReport& report,
                                         const engine::UpdateRule& rule) {
  std::vector<ParameterStatistics> step;
  step.reserve(report.parameters.size());
  for (std::size_t p = 0; p < report.parameters.size(); ++p) {
    const Penalty& penalty = rule.penalties[p];
    step.push_back(statistics_of(report.parameters[p], penalty, engine::decay_of(rule, p),
                                 known_step(rule, p)));
  }
  return step;
}

void add_step(EpochStatistics& sums, const std::vector<ParameterStatistics>& step) {
  ++sums.steps;
  sums.parameters.resize(step.size());
  for (std::size_t p = 0; p < step.size(); ++p) {
    ParameterStatistics& sum = sums.parameters[p];
    for (const auto& [name, field] : mean_fields) sum.*field += step[p].*field;
    for (const auto& [name, field] : peak_fields) {
      const double value = step[p].*field;
      sum.*field = std::isnan(value) ? INFINITY : std::max(sum.*field, value);
    }
  }
}

EpochStatistics means(EpochStatistics sums) {
  for (ParameterStatistics& parameter : sums.parameters) {
    for (const auto& [name, field] : mean_fields) {
      parameter.*field /= static_cast<double>(sums.steps);
    }
  }
  return sums;
}

void append_row(std::vector<double>& rows, const EpochStatistics& epoch,
                const StatisticsSize& size) {
  const std::size_t end = rows.size() + size.columns();
  rows.push_back(static_cast<double>(epoch.steps));
  rows.push_back(epoch.activations.empty() ? 0 : 1);
  for (const ParameterStatistics& parameter : epoch.parameters) {
    for (const auto& [name, field] : parameter_fields) rows.push_back(parameter.*field);
  }
  rows.resize(end - size.layers * activation_fields.size());
  for (const ActivationStatistics& layer : epoch.activations) {
    for (const auto& [name, field] : activation_fields) rows.push_back(layer.*field);
  }
  rows.resize(end);
}

EpochStatistics statistics_of(std::span<const double> row, const StatisticsSize& size) {
  assert(row.size() == size.columns());
  EpochStatistics epoch{.steps = static_cast<std::int64_t>(row[0])};
  if (epoch.steps > 0) epoch.parameters.resize(size.parameters);
  if (row[1] != 0) epoch.activations.resize(size.layers);
  row = row.subspan(2);
  const auto layers = row.subspan(size.parameters * parameter_fields.size());
  std::size_t at = 0;
  for (ParameterStatistics& parameter : epoch.parameters) {
    for (const auto& [name, field] : parameter_fields) parameter.*field = row[at++];
  }
  at = 0;
  for (ActivationStatistics& layer : epoch.activations) {
    for (const auto& [name, field] : activation_fields) layer.*field = layers[at++];
  }
  return epoch;
}

}  // namespace ridgeline::train
