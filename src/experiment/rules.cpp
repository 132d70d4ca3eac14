#include "experiment/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "objective/match.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::experiment {
namespace {

/// Gives each strength that may take any value a number of its own, which nobody would write.
Regularize with_any_value(Regularize regularize, const SearchSpace& searched) {
  for (std::size_t k = 0; k < penalty_keys.size(); ++k) {
    const PenaltyKey& key = penalty_keys[k];
    const bool any = searched.contains(fmt::format("regularize.{}", key.name)) ||
                     (key.name == "l2" && regularize.*key.base == Schedule(0));
    if (any) (regularize.*key.base).value = 0.7390851332151607 + static_cast<double>(k);
  }
  for (double number = 0.5671432904097838; auto& [name, own] : regularize.own) {
    if (searched.contains(fmt::format("regularize.{}", name))) own.strength.value = ++number;
  }
  return regularize;
}

bool is_frozen(const Experiment& experiment, const Parameter& parameter) {
  return std::ranges::any_of(experiment.model.frozen, [&](const std::string& glob) {
    return objective::matches(glob, parameter);
  });
}

/// The penalties of the trained parameters at several moments.
std::vector<Penalty> course(const Experiment& experiment, const Regularize& regularize,
                            const std::vector<Parameter>& parameters) {
  struct Moment {
    double epoch, rate_share;
  };
  static constexpr std::array moments{Moment{0, 1}, Moment{0.37, 0.5}, Moment{1, 0.25}};
  std::vector<Penalty> course;
  for (const auto& [share, rate_share] : moments) {
    const auto epochs = static_cast<double>(experiment.train.epochs);
    const auto now = resolve(regularize.at(share * epochs, epochs, rate_share), parameters);
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!is_frozen(experiment, parameters[p])) course.push_back(now[p]);
    }
  }
  return course;
}

}  // namespace

void check_rules(const Experiment& experiment, const Regularize& applied,
                 const std::vector<Parameter>& parameters, const SearchSpace& searched) {
  const Regularize all = with_any_value(applied, searched);
  const std::size_t rules = experiment.regularize.rules.size();
  if (rules == 0) return;
  const auto with_all = course(experiment, all, parameters);
  for (std::size_t r = 0; r < rules; ++r) {
    const std::size_t at = all.rules.size() - rules + r;  // the rules of layers come first
    Regularize without = all;
    without.rules.erase(without.rules.begin() + static_cast<std::ptrdiff_t>(at));
    if (course(experiment, without, parameters) != with_all) continue;
    throw UsageError(
        fmt::format("regularize.rule[{}] '{}' changes nothing: the parameters that it matches have "
                    "the same penalties without it; leave it out",
                    r, all.rules[at].match));
  }
}

void check_searched(const Regularize& applied, const Experiment& experiment,
                    const std::vector<Parameter>& parameters, const SearchSpace& searched) {
  const Regularize some = with_any_value(applied, searched);
  for (const PenaltyKey& key : penalty_keys) {
    const std::string name = fmt::format("regularize.{}", key.name);
    if (!searched.contains(name)) continue;
    Regularize other = some;
    (other.*key.base).value += 1;
    if (course(experiment, other, parameters) != course(experiment, some, parameters)) continue;
    throw UsageError(
        fmt::format("select.over names {}, which changes nothing: rules set the strength of every "
                    "trained parameter",
                    name));
  }
}

}  // namespace ridgeline::experiment
