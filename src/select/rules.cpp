#include "select/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ridgeline/penalty_keys.hpp"
#include "ridgeline/penalty_term.hpp"
#include "select/named.hpp"
#include "select/part.hpp"
#include "select/score.hpp"

namespace ridgeline::selection {
namespace {

constexpr double errors_above_guess = 3;

double value_of(const Trial& trial) {
  return trial.parameters.begin()->second;
}

/// Whether one value of a key makes a simpler model than another.
bool is_ordered(std::string_view key) {
  if (key == "train.epochs") return true;
  // A smaller bound is simpler, but 0 means no bound.
  if (key == "regularize.max_norm" || key == "regularize.fixed_norm") return false;
  constexpr std::string_view strengths = "regularize.";
  if (!key.starts_with(strengths)) return false;
  const std::string_view name = penalty_of(key).substr(strengths.size());
  const std::vector<Kind> own = penalty_kinds();
  return std::ranges::find(penalty_keys, name, &PenaltyKey::name) != penalty_keys.end() ||
         std::ranges::find(own, name, &Kind::name) != own.end();
}

/// Whether trial `a` is a simpler model than `b` of the same key: more penalty, or fewer epochs.
bool simpler(const Trial& a, const Trial& b) {
  const bool fewer = a.parameters.begin()->first == "train.epochs";
  return fewer ? value_of(a) < value_of(b) : value_of(a) > value_of(b);
}

}  // namespace

void check_rule(std::string_view rule) {
  static constexpr std::array<std::string_view, 2> rules{"best", "one-standard-error"};
  check_name(rules, "select.rule", rule);
}

bool orders_by_simplicity(const SearchSpace& over) {
  return over.size() == 1 && is_ordered(over.begin()->first);
}

std::string applied_rule(std::string_view rule, const SearchSpace& over) {
  return orders_by_simplicity(over) ? std::string(rule) : "best";
}

Choice choose(const std::vector<Trial>& trials, std::string_view metric, std::string_view rule) {
  const double sign = higher_is_better(metric, trials) ? -1 : 1;
  std::vector<const Trial*> done;
  for (const Trial& t : trials) {
    if (t.status == "done" && std::isfinite(t.score)) done.push_back(&t);
  }
  if (done.empty()) return {};
  const Trial* best =
      *std::ranges::min_element(done, {}, [sign](const Trial* t) { return sign * t->score; });
  if (best->parameters.size() != 1 || !is_ordered(best->parameters.begin()->first)) {
    return {best, std::nullopt};
  }

  const double bound = sign * best->score + known_error(*best);
  std::erase_if(done, [&](const Trial* t) { return sign * t->score > bound; });
  const Trial* simplest = best;
  auto [low, high] = std::pair(value_of(*best), value_of(*best));
  for (const Trial* t : done) {
    low = std::min(low, value_of(*t));
    high = std::max(high, value_of(*t));
    if (simpler(*t, *simplest)) simplest = t;
  }
  return {rule == "best" ? best : simplest, std::pair(low, high)};
}

bool better_than_guess(const Trial& trial, const Metrics& guess) {
  const Metrics& m = *trial.validation;
  if (m.images == 1) return false;  // one image tells nothing
  for (const MetricValue& guessed : guess.values) {
    const MetricValue* value = m.find(guessed.name);
    if (!value) continue;
    const double gain = value->value - guessed.value;
    if ((value->higher_is_better ? gain : -gain) > errors_above_guess * value->standard_error) {
      return true;
    }
  }
  return m.data_loss + errors_above_guess * m.data_loss_error < guess.data_loss;
}

}  // namespace ridgeline::selection
