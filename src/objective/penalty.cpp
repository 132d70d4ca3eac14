#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "objective/match.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/regularize.hpp"

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

void apply(const PenaltyRule& rule, double base_l2, Penalty& penalty) {
  if (rule.l2) penalty.l2 = *rule.l2;
  if (rule.l2_factor) penalty.l2 = *rule.l2_factor * base_l2;
  if (rule.l1) penalty.l1 = *rule.l1;
  if (rule.decay) penalty.decay = *rule.decay;
}

std::string text(const Penalty& penalty, const std::string& l2) {
  std::vector<std::string> parts;
  if (!l2.empty()) parts.push_back(l2);
  if (penalty.l1 > 0) parts.push_back(fmt::format("l1 {:g}", penalty.l1));
  if (penalty.decay > 0) parts.push_back(fmt::format("decay {:g}", penalty.decay));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// `factor` times an l2 that is not constant.
std::string scheduled(const Schedule& l2, double factor) {
  const double from = factor * l2.value;
  if (l2.kind == "constant") return fmt::format("l2 {:g} after warm-up", from);
  if (l2.kind == "step") return fmt::format("l2 {:g} × {:g} step", from, l2.factor);
  return fmt::format("l2 {:g} → {:g} {}", from, factor * l2.to, l2.kind);
}

}  // namespace

bool objective::matches(std::string_view glob, const Parameter& parameter) {
  const std::string_view name = parameter.name;
  return ridgeline::matches(glob, name) ||
         ridgeline::matches(glob, name.substr(0, name.rfind('.')));
}

void Regularize::check() const {
  l2.check("regularize.l2");
  check_number(l1, "regularize.l1");
  check_number(decay, "regularize.decay");
  for (const auto& name : exclude) {
    if (std::find(roles.begin(), roles.end(), name) == roles.end()) {
      throw UsageError(fmt::format(
          "regularize.exclude knows \"kernel\", \"bias\" and \"norm\", not \"{}\"", name));
    }
  }
  for (const auto& rule : rules) {
    const auto key = [&](std::string_view name) {
      return fmt::format("regularize.rule '{}': {}", rule.match, name);
    };
    if (rule.l2) check_number(*rule.l2, key("l2"));
    if (rule.l1) check_number(*rule.l1, key("l1"));
    if (rule.decay) check_number(*rule.decay, key("decay"));
    if (rule.l2_factor) check_number(*rule.l2_factor, key("l2_factor"));
    if (rule.l2 && rule.l2_factor) {
      throw UsageError(key("l2 and l2_factor") + " exclude each other");
    }
  }
}

std::vector<Penalty> resolve(const Regularize& regularize, double base_l2,
                             const std::vector<Parameter>& parameters) {
  std::vector<Penalty> penalties(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Role role = parameters[p].spec.role;
    if (role == Role::statistic || excluded(regularize, role)) continue;
    penalties[p] = {base_l2, regularize.l1, regularize.decay};
  }
  for (const auto& rule : regularize.rules) {
    bool used = false;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (parameters[p].spec.role == Role::statistic ||
          !objective::matches(rule.match, parameters[p]))
        continue;
      used = true;
      apply(rule, base_l2, penalties[p]);
    }
    if (!used) {
      std::vector<std::string_view> names;
      for (const auto& parameter : parameters) names.push_back(parameter.name);
      throw UsageError(fmt::format("regularize.rule '{}' matches no parameter: there are {}",
                                   rule.match, fmt::join(names, ", ")));
    }
  }
  return penalties;
}

PenaltyTexts describe(const std::vector<Penalty>& penalties) {
  PenaltyTexts texts;
  for (const Penalty& p : penalties) {
    texts.push_back(text(p, p.l2 > 0 ? fmt::format("l2 {:g}", p.l2) : std::string()));
  }
  return texts;
}

PenaltyTexts describe(const Regularize& regularize, const std::vector<Parameter>& parameters) {
  const std::vector<Penalty> penalties = resolve(regularize, regularize.l2.value, parameters);
  PenaltyTexts texts = describe(penalties);
  if (regularize.l2.is_constant()) return texts;
  const std::vector<Penalty> none = resolve(regularize, 0, parameters);
  const std::vector<Penalty> unit = resolve(regularize, 1, parameters);
  for (std::size_t p = 0; p < texts.size(); ++p) {
    const double factor = unit[p].l2 - none[p].l2;  // 0 where a rule sets l2 for good
    if (factor > 0) texts[p] = text(penalties[p], scheduled(regularize.l2, factor));
  }
  return texts;
}

}  // namespace ridgeline
