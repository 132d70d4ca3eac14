#include "select/keys.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"
#include "select/part.hpp"

namespace ridgeline::selection {
namespace {

struct Key {
  std::string_view name;
  void (*set)(double value, ModelOptions& model, FitOptions& fit);
  double least = 0;
  bool whole = false;
};

using Options = ModelOptions;
constexpr std::array keys{
    Key{"optimizer.learning_rate",
        [](double v, Options& m, FitOptions&) { m.optimizer.learning_rate.value = v; }},
    Key{"optimizer.clip_norm",
        [](double v, Options& m, FitOptions&) { m.optimizer.clip_norm = v; }},
    Key{"optimizer.clip_value",
        [](double v, Options& m, FitOptions&) { m.optimizer.clip_value = v; }},
    Key{"train.epochs", [](double v, Options&, FitOptions& f) { f.epochs = static_cast<int>(v); },
        1, true},
    Key{"train.batch",
        [](double v, Options&, FitOptions& f) { f.batch = static_cast<std::int64_t>(v); }, 1, true},
};

constexpr std::string_view strengths = "regularize.";

// The strength of a penalty that a key names, or null. "regularize.l2@dense*" names l2, too.
const PenaltyKey* find_strength(std::string_view name) {
  if (!name.starts_with(strengths)) return nullptr;
  name = penalty_of(name);
  const auto found =
      std::ranges::find(penalty_keys, name.substr(strengths.size()), &PenaltyKey::name);
  return found == penalty_keys.end() ? nullptr : &*found;
}

const Key& find(std::string_view name) {
  static const Key strength{strengths, nullptr};
  if (find_strength(name)) return strength;
  std::vector<std::string> names;
  for (const PenaltyKey& key : penalty_keys)
    names.push_back(fmt::format("{}{}", strengths, key.name));
  std::vector<std::string_view> known(names.begin(), names.end());
  for (const Key& key : keys) {
    if (key.name == name) return key;
    known.push_back(key.name);
  }
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format("select.over knows no '{}': {}", name,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

}  // namespace

void check_range(std::string_view name, const Range& range) {
  if (!find(name).whole) return;
  std::vector<double> numbers = range.values;
  if (numbers.empty()) numbers = {range.min, range.max};
  for (const double number : numbers) {
    if (std::rint(number) == number) continue;
    throw UsageError(fmt::format("select.over: {} must be a whole number, not {}", name, number));
  }
}

double set_key(std::string_view name, double value, ModelOptions& model, FitOptions& fit) {
  const Key& key = find(name);
  if (key.whole) value = std::round(value);
  const double most =
      key.whole ? std::numeric_limits<int>::max() : std::numeric_limits<double>::max();
  if (!(value >= key.least && value <= most)) {
    throw UsageError(fmt::format("select.over tries {} = {}, which must be at least {}{}", name,
                                 value, key.least,
                                 value > most ? fmt::format(" and at most {}", most) : ""));
  }
  if (const PenaltyKey* strength = find_strength(name)) {
    const std::string_view match = match_of(name);
    if (match.empty()) {
      (model.regularize.*strength->base).value = value;  // a schedule keeps its form
    } else {
      PenaltyRule& rule = model.regularize.rules.emplace_back();
      rule.match = match;
      rule.*strength->rule = value;
    }
  } else {
    key.set(value, model, fit);
  }
  return value;
}

}  // namespace ridgeline::selection
