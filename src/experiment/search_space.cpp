#include "experiment/search_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "experiment/keys.hpp"
#include "select/score.hpp"

namespace ridgeline::experiment {
namespace {

/// Whether trials can differ in a key. They cannot if it is the same for all, or does not change
/// the model.
bool differs_by_trial(const Key& key) {
  static const std::vector<std::string_view> shared{"data.limit", "train.seed", "train.threads",
                                                    "train.shards", "train.log_every"};
  return key.section() != "select" && std::ranges::find(shared, key.name) == shared.end();
}

/// Checks the values or the ends of a range for a key that is a whole number.
void check_whole(const Value& range, std::string_view key) {
  const auto check = [&](const Value& number) {
    const auto* real = number.get<double>();
    if (!real || std::rint(*real) == *real) return;
    throw UsageError(fmt::format("{} must be a whole number, not {}", key, *real));
  };
  if (const auto* values = range.get<Array>()) {
    for (const Value& number : *values) check(number);
  } else {
    for (const char* end : {"min", "max"}) check(*find(std::get<Table>(range.data), end));
  }
}

double largest(const Range& range) {
  return range.values.empty() ? range.max : std::ranges::max(range.values);
}

}  // namespace

void check_search_space(const Value& value, std::string_view name) {
  for (const auto& [chosen, range] : std::get<Table>(value.data)) {
    located(fmt::format("{}{}: ", range.where, name), [&, &chosen = chosen, &range = range] {
      const Key& found = key(chosen);
      if (!found.set) {
        throw UsageError(fmt::format("{} is not a number, and only numbers can be chosen", chosen));
      }
      if (!differs_by_trial(found)) {
        throw UsageError(
            fmt::format("{} is the same for all trials: choose a number that changes the training, "
                        "such as regularize.l2 or optimizer.learning_rate",
                        chosen));
      }
      if (found.whole && !range.recorded) check_whole(range, chosen);
    });
  }
}

Experiment at_largest(Experiment experiment) {
  for (const auto& [name, range] : experiment.select.over) {
    set_number(experiment, name, largest(range));
  }
  return experiment;
}

void check_search(const Experiment& experiment) {
  selection::check_metric(experiment.select.metric, experiment.select.over);
  const Experiment trial = at_largest(experiment);
  for (const auto& [name, range] : experiment.select.over) {
    const std::string reason = no_effect(key(name), trial, Command::any, false);
    if (!reason.empty()) {
      throw UsageError(fmt::format("select.over names {}, which {}", name, reason));
    }
  }
}

}  // namespace ridgeline::experiment
