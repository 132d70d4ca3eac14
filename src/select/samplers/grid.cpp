#include <algorithm>

#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

bool has_zero(const std::string& key, const Range& range) {
  return takes_zero(key) && (!range.values.empty() || range.log || range.min > 0 || range.max < 0);
}

// The single value of a range: 0 if 0 is a candidate.
double single_place(const std::string& key, const Range& range) {
  const bool from_zero = takes_zero(key) && !range.log && range.min <= 0 && range.max > 0;
  return from_zero ? -range.min / (range.max - range.min) : 0.5;
}

// `count` values of a range, including 0 if it is a candidate, or all listed values.
std::vector<double> values_of(const std::string& key, const Range& range, int count) {
  std::vector<double> values = range.values;
  if (has_zero(key, range)) {
    values.push_back(0);
    --count;
  }
  for (int i = 0; i < count && range.values.empty(); ++i) {
    values.push_back(value_at(
        range, count == 1 ? single_place(key, range) : static_cast<double>(i) / (count - 1)));
  }
  return values;
}

void sort_out(std::vector<double>& values) {
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
}

struct Axis {
  const std::string& key;
  const Range& range;
  int count;
};

// Counts with a product of at most `trials`. Each is increased in turn while this holds.
std::vector<Axis> axes_of(const Search& search) {
  std::vector<Axis> axes;
  double product = 1;  // lists may give more than an int holds
  for (const auto& [key, range] : search.over) {
    std::vector<double> listed = values_of(key, range, 1);
    sort_out(listed);
    axes.push_back({key, range, static_cast<int>(listed.size())});
    product *= axes.back().count;
  }
  for (bool raised = true; raised;) {
    raised = false;
    for (Axis& axis : axes) {
      const double larger = product / axis.count * (axis.count + 1);
      if (!axis.range.values.empty() || larger > search.trials) continue;
      product = larger;
      ++axis.count;
      raised = true;
    }
  }
  return axes;
}

}  // namespace

std::map<std::string, std::vector<double>> grid_values(const Search& search) {
  std::map<std::string, std::vector<double>> all;
  for (const Axis& axis : axes_of(search)) {
    std::vector<double>& values = all[axis.key];
    values = values_of(axis.key, axis.range, axis.count);
    for (double& value : values) value = search.settled(axis.key, value);
    sort_out(values);
  }
  return all;
}

std::vector<Assignment> sample_grid(const Search& search) {
  std::vector<Assignment> candidates{{}};
  for (const auto& [key, values] : grid_values(search)) {
    std::vector<Assignment> longer;
    for (const Assignment& candidate : candidates) {
      for (const double value : values) {
        longer.push_back(candidate);
        longer.back()[key] = value;
      }
    }
    candidates = std::move(longer);
  }
  return candidates;
}

}  // namespace ridgeline::selection
