#include "metrics/set.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/state.hpp"
#include "options/check.hpp"

namespace ridgeline::metrics {
namespace {

void softmax(std::span<float> row) {
  const float largest = *std::ranges::max_element(row);
  double sum = 0;
  for (const float z : row) sum += std::exp(static_cast<double>(z) - largest);
  for (float& z : row) {
    z = static_cast<float>(std::exp(static_cast<double>(z) - largest) / sum);
  }
}

void sigmoid(std::span<float> row) {
  for (float& z : row) z = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(z))));
}

std::string_view target_name(const Tensors& targets) {
  for (const TensorView& tensor : targets) {
    if (tensor.name() != weight_tensor) return tensor.name();
  }
  return {};
}

bool measures(const Metric& metric, std::string_view target) {
  const auto measured = metric.measures();
  return std::ranges::find(measured, target) != measured.end();
}

}  // namespace

MetricSet::MetricSet(std::span<const std::string> lines, std::string_view target)
    : target_(target) {
  for (const std::string& line : lines) {
    MetricPtr metric = make_metric(line);
    require(measures(*metric, target),
            "{} is not measured on targets called '{}', which these images have, but on: {}{}",
            line, target, fmt::join(metric->measures(), ", "),
            measures(*make_metric(line.substr(0, line.find(':'))), target)
                ? ": leave its options out"
                : "");
    const auto same = std::ranges::find(metrics_, metric->name(), &Metric::name);
    if (same == metrics_.end()) {
      metrics_.push_back(std::move(metric));
    } else {
      *same = std::move(metric);
    }
  }
}

bool MetricSet::has(std::string_view name) const {
  return std::ranges::any_of(metrics_,
                             [&](const MetricPtr& metric) { return metric->name() == name; });
}

MetricSet MetricSet::fresh() const {
  MetricSet set;
  set.target_ = target_;
  for (const MetricPtr& metric : metrics_) set.metrics_.push_back(metric->fresh());
  return set;
}

void MetricSet::add(const Tensors& outputs, const Tensors& targets, Link link) {
  const TensorView& first = outputs[0];
  const auto width = static_cast<std::size_t>(first.row_size());
  const std::string_view target = target_name(targets);
  Tensors probabilities;
  for (const MetricPtr& metric : metrics_) {
    const bool wanted = link != Link::none && (width == 1 || metric->needs_probabilities(target));
    if (wanted && probabilities.empty()) {
      const auto values = first.values<float>();
      probabilities_.assign(values.begin(), values.end());
      for (std::size_t i = 0; i < values.size(); i += width) {
        const auto row = std::span(probabilities_).subspan(i, width);
        link == Link::softmax ? softmax(row) : sigmoid(row);
      }
      probabilities.add({first.name(), std::span<const float>(probabilities_), first.row()});
      for (std::size_t o = 1; o < outputs.size(); ++o) probabilities.add(outputs[o]);
    }
    metric->add(wanted ? probabilities : outputs, targets);
  }
}

void MetricSet::clear() {
  for (const MetricPtr& metric : metrics_) metric->clear();
}

std::vector<MetricValue> MetricSet::values(bool quick_only) const {
  std::vector<MetricValue> values;
  for (const MetricPtr& metric : metrics_) {
    const bool known = !quick_only || metric->quick();
    values.push_back({.name = metric->name(),
                      .value = known ? metric->value() : std::numeric_limits<double>::quiet_NaN(),
                      .standard_error = quick_only ? 0 : metric->standard_error(),
                      .higher_is_better = metric->higher_is_better()});
  }
  return values;
}

std::vector<MetricValue> MetricSet::names() const {
  return fresh().values();
}

std::vector<double> MetricSet::state() const {
  std::vector<double> all;
  for (const MetricPtr& metric : metrics_) {
    const std::vector<double> state = metric->state();
    all.push_back(static_cast<double>(state.size()));
    all.insert(all.end(), state.begin(), state.end());
  }
  return all;
}

void MetricSet::restore(std::span<const double> state) {
  StateReader reader(state, metrics_.empty() ? "" : metrics_[0]->name());
  for (const MetricPtr& metric : metrics_) {
    const std::size_t size = reader.count();
    metric->restore(reader.numbers(size));
  }
  reader.end();
}

}  // namespace ridgeline::metrics
