#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "objective/match.hpp"
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

// '*' stands for any run of characters, '?' for one.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches(pattern.substr(1), text.substr(1));
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

void apply(const PenaltyRule& rule, const Penalty& base, Penalty& penalty) {
  for (const PenaltyKey& key : penalty_keys) {
    if (rule.*key.rule) penalty.*key.strength = *(rule.*key.rule);
  }
  if (rule.l2_factor) penalty.l2 = *rule.l2_factor * base.l2;
}

/// A strength that is `factor` times one that is not constant.
std::string scheduled(std::string_view name, const Schedule& base, double factor) {
  const double from = factor * base.value;
  if (base.kind == "constant") return fmt::format("{} {:g} after warm-up", name, from);
  if (base.kind == "step") return fmt::format("{} {:g} × {:g} step", name, from, base.factor);
  if (base.kind == "proportional") return fmt::format("{} {:g} × learning rate", name, from);
  return fmt::format("{} {:g} → {:g} {}", name, from, factor * base.to, base.kind);
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

void Regularize::check() const {
  for (const PenaltyKey& key : penalty_keys) {
    (this->*key.base).check(fmt::format("regularize.{}", key.name));
  }
  check_number(static_cast<double>(cpr_warmup), "regularize.cpr_warmup");
  for (const auto& name : exclude) check_role(name, "regularize.exclude");
  for (const auto& rule : rules) {
    const auto named = [&](std::string_view name) {
      return fmt::format("regularize.rule '{}': {}", rule.match, name);
    };
    for (const PenaltyKey& key : penalty_keys) {
      if (rule.*key.rule) check_number(*(rule.*key.rule), named(key.name));
    }
    if (rule.l2_factor) check_number(*rule.l2_factor, named("l2_factor"));
    if (rule.l2 && rule.l2_factor) {
      throw UsageError(named("l2 and l2_factor") + " exclude each other");
    }
    if (!rule.role.empty()) check_role(rule.role, named("role"));
  }
}

Penalty Regularize::base(double epoch, double epochs, double rate_share) const {
  Penalty base;
  for (const PenaltyKey& key : penalty_keys) {
    const Schedule& schedule = this->*key.base;
    base.*key.strength =
        schedule.at(epoch, epochs) * (schedule.kind == "proportional" ? rate_share : 1);
  }
  return base;
}

Penalty Regularize::first() const {
  Penalty base;
  for (const PenaltyKey& key : penalty_keys) base.*key.strength = (this->*key.base).value;
  return base;
}

Penalty Regularize::strongest() const {
  Penalty base;
  for (const PenaltyKey& key : penalty_keys) {
    const Schedule& schedule = this->*key.base;
    base.*key.strength =
        schedule.is_constant() ? schedule.value : std::max(schedule.value, schedule.to);
  }
  return base;
}

bool Regularize::is_constant() const {
  return std::ranges::all_of(
      penalty_keys, [&](const PenaltyKey& key) { return (this->*key.base).is_constant(); });
}

std::vector<Penalty> resolve(const Regularize& regularize, const Penalty& base,
                             const std::vector<Parameter>& parameters) {
  std::vector<Penalty> penalties(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Role role = parameters[p].spec.role;
    if (role != Role::statistic && !excluded(regularize, role)) penalties[p] = base;
  }
  for (const auto& rule : regularize.rules) {
    bool used = false;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (!objective::covers(rule, parameters[p])) continue;
      used = true;
      apply(rule, base, penalties[p]);
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
  const Penalty strongest = regularize.strongest();
  for (const PenaltyKey& key : penalty_keys) {
    const bool scaled = key.strength == &Penalty::l2 && any_trained(by_factor);
    if (strongest.*key.strength == 0 || scaled || any_trained(by_role)) continue;
    throw UsageError(fmt::format(
        "regularize.{} is {:g} but reaches no parameter: what regularize.exclude names and what is "
        "frozen leave none; set it to 0 or exclude less",
        key.name, strongest.*key.strength));
  }
}

PenaltyTexts describe(const std::vector<Penalty>& penalties) {
  PenaltyTexts texts;
  for (const Penalty& p : penalties) {
    std::vector<std::string> parts;
    for (const PenaltyKey& key : penalty_keys) {
      if (p.*key.strength > 0) parts.push_back(fmt::format("{} {:g}", key.name, p.*key.strength));
    }
    texts.push_back(fmt::format("{}", fmt::join(parts, ", ")));
  }
  return texts;
}

PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters) {
  Penalty unit;
  for (const PenaltyKey& key : penalty_keys) unit.*key.strength = 1;
  const std::vector<Penalty> none = resolve(regularize, {}, parameters);
  const std::vector<Penalty> all = resolve(regularize, unit, parameters);
  PenaltyTexts texts;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    std::vector<std::string> parts;
    for (const PenaltyKey& key : penalty_keys) {
      const Schedule& base = regularize.*key.base;
      const double fixed = none[p].*key.strength;
      const double factor = all[p].*key.strength - fixed;  // 0 where a rule sets it for good
      const double strength = fixed + factor * base.value;
      if (factor > 0 && !base.is_constant()) {
        parts.push_back(scheduled(key.name, base, factor));
      } else if (strength > 0) {
        parts.push_back(fmt::format("{} {:g}", key.name, strength));
      }
    }
    texts.push_back(fmt::format("{}", fmt::join(parts, ", ")));
  }
  return texts;
}

}  // namespace ridgeline
