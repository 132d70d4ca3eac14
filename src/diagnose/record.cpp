#include "diagnose/record.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::diagnose {
namespace {

constexpr double smallest = 1e-30;

// Calls use(statistics of the parameter, steps) for each epoch that has them.
template <typename Use>
void for_epochs(const Record& record, std::size_t parameter, Use use) {
  for (const Epoch& epoch : record.epochs) {
    const EpochStatistics& statistics = epoch.statistics;
    if (parameter >= statistics.parameters.size()) continue;
    use(statistics.parameters[parameter], static_cast<double>(statistics.steps));
  }
}

template <typename Wanted>
std::vector<std::size_t> parameters_where(const Record& record, Wanted wanted) {
  std::vector<std::size_t> found;
  for (std::size_t p = 0; p < record.layout.parameters.size(); ++p) {
    bool any = false;
    for_epochs(record, p, [&](const ParameterStatistics& s, double) { any = any || wanted(s); });
    if (any) found.push_back(p);
  }
  return found;
}

template <typename Value>
double mean_over_epochs(const Record& record, std::size_t parameter, Value value) {
  double sum = 0, count = 0;
  for_epochs(record, parameter, [&](const ParameterStatistics& s, double) {
    sum += value(s);
    ++count;
  });
  return count > 0 ? sum / count : 0;
}

}  // namespace

std::vector<std::size_t> trained_kernels(const Record& record) {
  auto found =
      parameters_where(record, [](const ParameterStatistics& s) { return s.weight_norm > 0; });
  std::erase_if(
      found, [&](std::size_t p) { return record.layout.parameters[p].spec.role != Role::kernel; });
  return found;
}

std::vector<std::size_t> penalised(const Record& record) {
  return parameters_where(record, [](const ParameterStatistics& s) { return s.shrink > 0; });
}

const std::string& layer_of(const Record& record, std::size_t parameter) {
  const int node = record.layout.parameters[parameter].node;
  return record.network.nodes()[static_cast<std::size_t>(node)].name;
}

bool has_layer(const Record& record, bool LayerTraits::*trait) {
  return std::ranges::any_of(record.network.nodes(),
                             [&](const Node& node) { return node.layer.spec().traits().*trait; });
}

double mean(const Record& record, std::size_t parameter, double ParameterStatistics::*field) {
  return mean_over_epochs(record, parameter,
                          [&](const ParameterStatistics& s) { return s.*field; });
}

double mean_log(const Record& record, std::size_t parameter, double ParameterStatistics::*field) {
  return mean_over_epochs(record, parameter, [&](const ParameterStatistics& s) {
    return std::log10(std::max(s.*field, smallest));
  });
}

double penalty_share(const Record& record, std::size_t parameter) {
  return mean_over_epochs(record, parameter,
                          [](const ParameterStatistics& s) { return s.penalty_share(); });
}

double folds(const Record& record, std::size_t parameter) {
  double sum = 0;
  for_epochs(record, parameter,
             [&](const ParameterStatistics& s, double steps) { sum += steps * s.shrink; });
  return sum;
}

bool penalty_acted_everywhere(const Record& record) {
  return std::ranges::all_of(penalised(record), [&](std::size_t p) {
    return record.layout.parameters[p].spec.role != Role::kernel || folds(record, p) >= 1;
  });
}

std::int64_t steps(const Record& record) {
  std::int64_t sum = 0;
  for (const Epoch& epoch : record.epochs) sum += epoch.statistics.steps;
  return sum;
}

double size_at_end(const Record& record, std::size_t kernel) {
  const ParameterSpec& spec = record.layout.parameters[kernel].spec;
  const double drawn = std::sqrt(2.0 * static_cast<double>(spec.shape.elements()) /
                                 static_cast<double>(spec.fan_in + spec.fan_out));
  return record.epochs.back().statistics.parameters[kernel].weight_norm / drawn;
}

double largest_step(const Record& record, std::size_t parameter) {
  double largest = 0;
  for_epochs(record, parameter, [&](const ParameterStatistics& s, double) {
    largest = std::max(largest, s.largest_update);
  });
  return largest;
}

double untrained_loss(const Record& record) {
  if (!record.loss.ends_with("cross-entropy")) return record.epochs.front().train.data_loss;
  if (record.loss.starts_with("binary")) return std::log(2.0);
  return std::log(static_cast<double>(record.layout.output().elements()));
}

double slope(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double middle = (n - 1) / 2;
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    products += x * values[i];
    squares += x * x;
  }
  return squares > 0 ? products / squares : 0;
}

}  // namespace ridgeline::diagnose
