#include "select/samplers/space.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::selection {
namespace {

constexpr int draws_per_trial = 50;  // limits the tries if few different values exist

double value_of(const Range& range, double position) {
  if (range.values.empty()) return value_at(range, position);
  const auto count = range.values.size();
  const auto at = static_cast<std::size_t>(position * static_cast<double>(count));
  return range.values[std::min(at, count - 1)];
}

double position_of(const Range& range, double value) {
  if (!range.values.empty()) {
    const auto found = std::ranges::find(range.values, value);
    if (found == range.values.end()) return 0;
    const auto at = static_cast<double>(found - range.values.begin());
    return (at + 0.5) / static_cast<double>(range.values.size());
  }
  if (range.max == range.min) return 0.5;
  const double position = !range.log ? (value - range.min) / (range.max - range.min)
                          : value > 0
                              ? std::log(value / range.min) / std::log(range.max / range.min)
                              : 0;
  return std::clamp(position, 0.0, 1.0);
}

}  // namespace

Assignment Space::settled(const UnitPoint& point, bool zero) const {
  Assignment candidate;
  auto position = point.begin();
  for (const auto& [key, range] : search_.over) {
    const double value = zero && takes_zero(key) ? 0 : value_of(range, *position);
    candidate[key] = search_.settled(key, value);
    ++position;
  }
  return candidate;
}

Assignment Space::at(const UnitPoint& point) const {
  return settled(point, false);
}

Assignment Space::zero(const UnitPoint& point) const {
  return settled(point, true);
}

UnitPoint Space::place(const Assignment& candidate) const {
  UnitPoint point;
  for (const auto& [key, range] : search_.over) {
    point.push_back(position_of(range, candidate.at(key)));
  }
  return point;
}

std::vector<Assignment> sample(const Search& search, const std::function<UnitPoint(int)>& draw) {
  const Space space(search);
  std::vector<Assignment> candidates;
  for (int i = 0; i < draws_per_trial * search.trials; ++i) {
    if (static_cast<int>(candidates.size()) == search.trials) break;
    Assignment candidate = i == 0 ? space.zero(draw(i)) : space.at(draw(i));
    if (std::ranges::find(candidates, candidate) == candidates.end()) {
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace ridgeline::selection
