#include "select/edge.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ridgeline/error.hpp"
#include "select/samplers/sampler.hpp"
#include "select/score.hpp"

namespace ridgeline::selection {
namespace {

constexpr double least_ratio = 10, most_ratio = 1000;  // between the ends of the next range
constexpr double listed_on_log = 8;  // a list with this ratio or more is taken as logarithmic
constexpr int attempts = 8;          // each half as far as the one before

/// The tried numbers of a key, in ascending order.
struct Tried {
  std::vector<double> values;
  bool log;

  double low() const { return values.front(); }
  double high() const { return values.back(); }
};

Tried tried_of(const std::string& key, const Range& range, const std::vector<Trial>& trials) {
  Tried tried{{}, range.log};
  for (const Trial& trial : trials) {
    const double value = trial.parameters.at(key);
    if (value != 0 || !takes_zero(key)) tried.values.push_back(value);
  }
  std::ranges::sort(tried.values);
  tried.values.erase(std::ranges::unique(tried.values).begin(), tried.values.end());
  if (!range.values.empty() && !tried.values.empty()) {
    tried.log = tried.low() > 0 && tried.high() >= listed_on_log * tried.low();
  }
  return tried;
}

double score_at(const Selection& selection, const std::string& key, double value) {
  const auto found = std::ranges::find_if(selection.trials, [&](const Trial& trial) {
    return trial.parameters.at(key) == value && trial.status == "done";
  });
  return found == selection.trials.end() ? std::nan("") : found->score;
}

double error_at(const Selection& selection, const std::string& key, double value) {
  const auto found = std::ranges::find_if(
      selection.trials, [&](const Trial& trial) { return trial.parameters.at(key) == value; });
  return known_error(*found);
}

/// Whether 0 means that there is no bound, so that it comes after the largest number.
bool zero_is_no_bound(std::string_view key) {
  return key == "regularize.max_norm" || key == "regularize.fixed_norm";
}

/// Whether a better number may be between 0 and the number nearest to it. Needs one of the two to
/// be chosen.
bool between_zero_and(double nearest, const Selection& selection, const std::string& key) {
  if (selection.chosen.size() != 1) return false;
  const double chosen = selection.chosen.at(key);
  if (chosen != 0 && chosen != nearest) return false;
  const double gap = std::abs(score_at(selection, key, 0) - score_at(selection, key, nearest));
  return gap > error_at(selection, key, chosen);
}

/// The number that is `share` of the way beyond the edge.
double beyond(double edge, const Tried& tried, bool upper, double share) {
  double value = 0;
  if (tried.log) {
    const double ratio = std::clamp(tried.high() / tried.low(), least_ratio, most_ratio);
    value = edge * std::pow(ratio, upper ? share : -share);
  } else {
    value = edge + (upper ? share : -share) * (tried.high() - tried.low());
  }
  return with_digits(value, 3);
}

std::optional<Range> next_range(const std::string& key, double edge, const Tried& tried, bool upper,
                                const std::function<double(const std::string&, double)>& settle) {
  double share = 1;
  for (int attempt = 0; attempt < attempts; ++attempt, share /= 2) {
    try {
      double end = beyond(edge, tried, upper, share);
      if (settle) end = settle(key, end);
      const bool further = upper ? end > edge : end < edge && (end > 0 || !tried.log);
      if (!further) continue;
      return Range{.min = std::min(edge, end), .max = std::max(edge, end), .log = tried.log};
    } catch (const UsageError&) {
      // the key has no such number
    }
  }
  return std::nullopt;
}

}  // namespace

bool all_score_alike(const Selection& selection) {
  const Trial* first = nullptr;
  int done = 0;
  for (const Trial& trial : selection.trials) {
    if (trial.status != "done") continue;
    if (first && trial.score != first->score) return false;
    first = &trial;
    ++done;
  }
  return done > 1;
}

std::vector<RangeEdge> edges_of(
    const Selection& selection, const SearchSpace& over,
    const std::function<double(const std::string& key, double value)>& settle) {
  std::vector<RangeEdge> edges;
  if (all_score_alike(selection)) return edges;
  for (const auto& [key, chosen] : selection.chosen) {
    const Range& range = over.at(key);
    if (!range.names.empty()) continue;
    const Tried tried = tried_of(key, range, selection.trials);
    if (tried.values.size() < (takes_zero(key) ? 1 : 2)) continue;
    const bool unbounded = zero_is_no_bound(key), zero_is_least = takes_zero(key) && !unbounded;
    const bool upper =
        unbounded ? between_zero_and(tried.high(), selection, key) : chosen == tried.high();
    const bool lower =
        zero_is_least ? between_zero_and(tried.low(), selection, key) : chosen == tried.low();
    if (!upper && !lower) continue;
    const double edge = upper ? tried.high() : tried.low();
    edges.push_back({key, upper, next_range(key, edge, tried, upper, settle)});
    if (edges.back().next) edges.back().next->unit = range.unit;
  }
  return edges;
}

}  // namespace ridgeline::selection
