#include "experiment/search_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "experiment/keys.hpp"
#include "select/automatic_range.hpp"
#include "select/part.hpp"
#include "select/score.hpp"
#include "select/units.hpp"

namespace ridgeline::experiment {
namespace {

/// Whether trials can differ in a key. They cannot if it is the same for all, or does not change
/// the model. All trials share the images and the network.
bool differs_by_trial(const Key& key, bool named) {
  if (named && key.name == "data.augment") return true;
  if (named && (key.section() == "data" || key.section() == "model")) return false;
  static const std::vector<std::string_view> shared{"data.limit", "train.seed", "train.threads",
                                                    "train.shards", "train.log_every"};
  return key.section() != "select" && std::ranges::find(shared, key.name) == shared.end();
}

/// Whether a range is a list of values that are not numbers.
bool is_named(const Value& range) {
  const auto* values = range.get<Array>();
  return values && !std::ranges::all_of(*values, [](const Value& value) {
           return value.get<double>() || value.get<std::int64_t>();
         });
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
      const Key& found = key(selection::penalty_of(chosen));
      const bool named = is_named(range);
      if (!found.set && !named) {
        throw UsageError(fmt::format(
            "{} is not a number: give it a list of values, such as [\"sgd\", \"adam\"]", chosen));
      }
      if (!selection::match_of(chosen).empty() && found.section() != "regularize") {
        throw UsageError(
            fmt::format("{} is no strength of a penalty, and only these can be for a part of the "
                        "network, as in \"regularize.l2@dense*\"",
                        chosen));
      }
      if (!differs_by_trial(found, named)) {
        throw UsageError(
            fmt::format("{} is the same for all trials: choose a number that changes the training, "
                        "such as regularize.l2 or optimizer.learning_rate",
                        chosen));
      }
      const bool automatic = range.get<std::string>() != nullptr;
      selection::check_automatic(chosen, {.automatic = automatic});
      if (found.whole && !range.recorded && !named && !automatic) check_whole(range, chosen);
    });
  }
}

Experiment at_largest(Experiment experiment) {
  const SearchSpace over = experiment.select.over;
  for (const auto& [name, range] : over) {
    if (range.names.empty()) set_searched(experiment, name, range, largest(range));
  }
  return experiment;
}

void check_search(const Experiment& experiment) {
  const SelectSection& select = experiment.select;
  selection::check_metric(select.metric, select.over);
  for (const auto& [name, range] : select.over) {
    selection::check_unit(name, range);
    selection::check_automatic(name, range);
    Experiment other = experiment;  // throws for a value that the key cannot have
    const auto names = range.names.empty() ? std::vector<double>() : range.values;
    for (const double value : names) set_searched(other, name, range, value);
  }
  const Experiment trial = at_largest(experiment);
  for (const auto& [name, range] : select.over) {
    if (!range.names.empty()) continue;
    const std::string reason =
        no_effect(key(selection::penalty_of(name)), trial, Command::any, false);
    if (!reason.empty()) {
      throw UsageError(fmt::format("select.over names {}, which {}", name, reason));
    }
  }
}

}  // namespace ridgeline::experiment
