#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "network/strength.hpp"
#include "objective/match.hpp"
#include "objective/own_penalties.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline {
namespace {

constexpr std::array<std::string_view, 3> roles{"kernel", "bias", "norm"};

void check_number(double value, std::string_view key) {
  if (!(value >= 0 && std::isfinite(value))) {
    throw UsageError(fmt::format("{} must be a number that is not negative, not {}", key, value));
  }
}

// '*' is any run of characters, '?' one character. If a character does not match, the last star
// takes one more. Earlier stars need no second try, so the time is at most the product of the
// lengths.
bool matches(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0, t = 0, star = none, after_run = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_run = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++after_run;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == none;
}

std::string_view role_name(Role role) {
  return role == Role::kernel ? "kernel" : role == Role::bias ? "bias" : "norm";
}

bool excluded(const Regularize& regularize, Role role) {
  for (const auto& name : regularize.exclude) {
    if (name == role_name(role)) return true;
  }
  return false;
}

/// The larger of a schedule's first and last number.
double largest(const Schedule& schedule) {
  return schedule.is_constant() ? schedule.value : std::max(schedule.value, schedule.to);
}

/// `regularize` with each schedule replaced by `number` of it.
template <typename Number>
Regularize with_numbers(Regularize regularize, Number number) {
  for (const PenaltyKey& key : penalty_keys) {
    regularize.*key.base = number(regularize.*key.base);
    for (PenaltyRule& rule : regularize.rules) {
      if (rule.*key.rule) rule.*key.rule = number(*(rule.*key.rule));
    }
  }
  for (auto& [name, own] : regularize.own) own.strength = number(own.strength);
  for (PenaltyRule& rule : regularize.rules) {
    for (auto& [name, strength] : rule.own) strength = number(strength);
  }
  return regularize;
}

void apply(const PenaltyRule& rule, const Schedule& base_l2, PenaltyRule& applied) {
  for (const PenaltyKey& key : penalty_keys) {
    if (rule.*key.rule) applied.*key.rule = rule.*key.rule;
  }
  for (const auto& [name, strength] : rule.own) applied.own[name] = strength;
  if (rule.l2_factor) {
    applied.l2 = base_l2;
    applied.l2->value *= *rule.l2_factor;
    applied.l2->to *= *rule.l2_factor;
  }
}

/// Everything that applies to a parameter, as one rule for each parameter.
std::vector<PenaltyRule> applied_rules(const Regularize& regularize,
                                       const std::vector<Parameter>& parameters) {
  std::vector<PenaltyRule> applied(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Role role = parameters[p].spec.role;
    if (role == Role::statistic || excluded(regularize, role)) continue;
    for (const PenaltyKey& key : penalty_keys) applied[p].*key.rule = regularize.*key.base;
    for (const auto& [name, own] : regularize.own) applied[p].own[name] = own.strength;
  }
  for (const auto& rule : regularize.rules) {
    bool used = false;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!objective::covers(rule, parameters[p])) continue;
      used = true;
      apply(rule, regularize.l2, applied[p]);
    }
    if (!used) {
      std::vector<std::string_view> names;
      for (const auto& parameter : parameters) names.push_back(parameter.name);
      throw UsageError(fmt::format("regularize.rule '{}' matches no parameter{}: there are {}",
                                   rule.match,
                                   rule.role.empty() ? "" : fmt::format(" that is a {}", rule.role),
                                   fmt::join(names, ", ")));
    }
  }
  return applied;
}

void check_role(std::string_view name, std::string_view key) {
  if (std::find(roles.begin(), roles.end(), name) != roles.end()) return;
  throw UsageError(
      fmt::format("{} knows \"kernel\", \"bias\" and \"norm\", not \"{}\"", key, name));
}

}  // namespace

bool objective::matches(std::string_view glob, const Parameter& parameter) {
  const std::string_view name = parameter.name;
  return ridgeline::matches(glob, name) ||
         ridgeline::matches(glob, name.substr(0, name.rfind('.')));
}

bool objective::covers(const PenaltyRule& rule, const Parameter& parameter) {
  const Role role = parameter.spec.role;
  return role != Role::statistic && (rule.role.empty() || rule.role == role_name(role)) &&
         matches(rule.match, parameter);
}

void PenaltyRule::check(std::string_view key) const {
  const auto named = [&](std::string_view name) { return fmt::format("{}: {}", key, name); };
  for (const PenaltyKey& strength : penalty_keys) {
    if (this->*strength.rule) (this->*strength.rule)->check(named(strength.name));
  }
  for (const auto& [name, strength] : own) {
    objective::check_own(name);
    strength.check(named(name));
  }
  if (l2_factor) check_number(*l2_factor, named("l2_factor"));
  if (l2 && l2_factor) throw UsageError(named("l2 and l2_factor") + " exclude each other");
  if (!role.empty()) check_role(role, named("role"));
}

void Regularize::check() const {
  for (const PenaltyKey& key : penalty_keys) {
    (this->*key.base).check(fmt::format("regularize.{}", key.name));
  }
  for (const auto& [name, penalty] : own) {
    objective::check_own(name, penalty.options);
    penalty.strength.check(fmt::format("regularize.{}", name));
  }
  check_number(static_cast<double>(cpr_warmup), "regularize.cpr_warmup");
  for (const auto& name : exclude) check_role(name, "regularize.exclude");
  for (const auto& rule : rules) rule.check(fmt::format("regularize.rule '{}'", rule.match));
}

Regularize Regularize::at(double epoch, double epochs, double rate_share) const {
  return with_numbers(*this, [&](const Schedule& schedule) {
    return schedule.at(epoch, epochs) * (schedule.kind == "proportional" ? rate_share : 1);
  });
}

Regularize Regularize::strongest() const {
  return with_numbers(*this, largest);
}

bool Regularize::is_constant() const {
  const auto steady = [](const auto& named) { return named.second.is_constant(); };
  const auto own_steady = [](const auto& named) { return named.second.strength.is_constant(); };
  return std::ranges::all_of(own, own_steady) &&
         std::ranges::all_of(
             rules,
             [&](const PenaltyRule& rule) { return std::ranges::all_of(rule.own, steady); }) &&
         std::ranges::all_of(penalty_keys, [&](const PenaltyKey& key) {
           return (this->*key.base).is_constant() &&
                  std::ranges::all_of(rules, [&](const PenaltyRule& rule) {
                    return !(rule.*key.rule) || (rule.*key.rule)->is_constant();
                  });
         });
}

std::vector<Penalty> resolve(const Regularize& regularize,
                             const std::vector<Parameter>& parameters) {
  std::vector<Penalty> penalties;
  for (const PenaltyRule& applied : applied_rules(regularize, parameters)) {
    Penalty& penalty = penalties.emplace_back();
    for (const PenaltyKey& key : penalty_keys) {
      if (applied.*key.rule) penalty.*key.strength = (applied.*key.rule)->value;
    }
    for (const auto& [name, strength] : applied.own) {
      if (strength.value != 0) penalty.own[name] = strength.value;
    }
  }
  return penalties;
}

void check_reach(const Regularize& regularize, const std::vector<Parameter>& parameters,
                 const std::vector<bool>& frozen) {
  const auto any_trained = [&](auto reached) {
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (parameters[p].spec.role != Role::statistic && !frozen[p] && reached(parameters[p])) {
        return true;
      }
    }
    return false;
  };
  for (const PenaltyRule& rule : regularize.rules) {
    if (!any_trained(
            [&](const Parameter& parameter) { return objective::covers(rule, parameter); })) {
      throw UsageError(
          fmt::format("regularize.rule '{}' matches only parameters that are frozen", rule.match));
    }
  }
  const auto by_role = [&](const Parameter& parameter) {
    return !excluded(regularize, parameter.spec.role);
  };
  const auto by_factor = [&](const Parameter& parameter) {
    return std::ranges::any_of(regularize.rules, [&](const PenaltyRule& rule) {
      return rule.l2_factor && objective::covers(rule, parameter);
    });
  };
  const auto check_strength = [&](std::string_view name, const Schedule& strength, bool reached) {
    const double strongest = largest(strength);
    if (strongest == 0 || reached || any_trained(by_role)) return;
    throw UsageError(
        fmt::format("regularize.{} is {:g} but applies to no parameter: regularize.exclude and "
                    "frozen parameters leave none; set it to 0 or exclude less",
                    name, strongest));
  };
  for (const PenaltyKey& key : penalty_keys) {
    const bool scaled = key.strength == &Penalty::l2 && any_trained(by_factor);
    check_strength(key.name, regularize.*key.base, scaled);
  }
  for (const auto& [name, own] : regularize.own) check_strength(name, own.strength, false);
}

PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters) {
  PenaltyTexts texts;
  for (const PenaltyRule& applied : applied_rules(regularize, parameters)) {
    std::vector<std::string> parts;
    for (const PenaltyKey& key : penalty_keys) {
      const auto& strength = applied.*key.rule;
      if (!strength || largest(*strength) == 0) continue;
      parts.push_back(network::strength_text(key.name, *strength));
    }
    for (const auto& [name, strength] : applied.own) {
      if (largest(strength) != 0) parts.push_back(network::strength_text(name, strength));
    }
    texts.push_back(fmt::format("{}", fmt::join(parts, ", ")));
  }
  return texts;
}

}  // namespace ridgeline
