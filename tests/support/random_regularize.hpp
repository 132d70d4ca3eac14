#pragma once
// Penalties and rules as nobody would write them, for properties that hold for all.

#include <array>

#include "ridgeline/penalty_keys.hpp"
#include "tensor/random.hpp"

namespace ridgeline::test {

/// A strength that text keeps to the bit, often 0.
inline double random_strength(Random& random) {
  return random.below(3) == 0 ? 0 : random.uniform_double() * 1e-2;
}

inline Schedule random_schedule(Random& random) {
  static constexpr std::array kinds{"constant", "linear", "cosine", "step", "proportional"};
  Schedule schedule(random_strength(random));
  if (random.below(2) == 0) return schedule;
  schedule.kind = kinds[random.below(kinds.size())];
  if (schedule.kind == "linear" || schedule.kind == "cosine") schedule.to = random_strength(random);
  if (schedule.kind == "step") schedule.every = 1 + static_cast<double>(random.below(3));
  if (random.below(3) == 0) schedule.warmup = 1;
  return schedule;
}

/// Rules that match some of `parameters`, by their name, their layer, a glob, or their role.
inline PenaltyRule random_rule(Random& random, const std::vector<Parameter>& parameters) {
  const Parameter* parameter = nullptr;
  do {
    parameter = &parameters[random.below(parameters.size())];
  } while (parameter->spec.role == Role::statistic);
  const std::string& name = parameter->name;
  const std::array matches{name, name.substr(0, name.rfind('.')),
                           "*" + name.substr(name.rfind('.')), std::string("*"),
                           name.substr(0, 3) + "*"};
  PenaltyRule rule{.match = matches[random.below(matches.size())]};
  if (random.below(3) == 0) {
    const Role role = parameter->spec.role;
    rule.role = role == Role::kernel ? "kernel" : role == Role::bias ? "bias" : "norm";
  }
  for (const PenaltyKey& key : penalty_keys) {
    if (random.below(4) == 0) rule.*key.rule = random_schedule(random);
  }
  if (!rule.l2 && random.below(2) == 0) rule.l2_factor = 10 * random.uniform_double();
  return rule;
}

inline Regularize random_regularize(std::uint64_t number,
                                    const std::vector<Parameter>& parameters) {
  Random random(23, Purpose::test, number);
  Regularize regularize;
  for (const PenaltyKey& key : penalty_keys) regularize.*key.base = random_schedule(random);
  regularize.cpr_warmup = static_cast<std::int64_t>(random.below(3));
  regularize.exclude.clear();
  for (const char* role : {"bias", "norm"}) {
    if (random.below(2) == 0) regularize.exclude.emplace_back(role);
  }
  for (std::uint64_t rules = random.below(5); rules > 0; --rules) {
    regularize.rules.push_back(random_rule(random, parameters));
  }
  return regularize;
}

}  // namespace ridgeline::test
