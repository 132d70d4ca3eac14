#pragma once
// Random penalties and rules, for properties that hold for all of them.

#include <algorithm>
#include <array>

#include "ridgeline/penalty_keys.hpp"
#include "tensor/random.hpp"

namespace ridgeline::test {

/// A strength that a text can represent exactly; often 0.
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

inline const Parameter& random_trained(Random& random, const std::vector<Parameter>& parameters) {
  while (true) {
    const Parameter& parameter = parameters[random.below(parameters.size())];
    if (parameter.spec.role != Role::statistic) return parameter;
  }
}

inline std::string role_of(const Parameter& parameter) {
  const Role role = parameter.spec.role;
  return role == Role::kernel ? "kernel" : role == Role::bias ? "bias" : "norm";
}

inline PenaltyRule random_strengths(Random& random) {
  PenaltyRule rule;
  for (const PenaltyKey& key : penalty_keys) {
    if (random.below(4) == 0) rule.*key.rule = random_schedule(random);
  }
  if (!rule.l2 && random.below(2) == 0) rule.l2_factor = 10 * random.uniform_double();
  const auto sets = [&](const PenaltyKey& key) { return (rule.*key.rule).has_value(); };
  // A rule of a file must set something.
  if (!rule.l2_factor && std::ranges::none_of(penalty_keys, sets)) {
    rule.l1 = random_schedule(random);
  }
  return rule;
}

/// Rules that match some of `parameters`, by their name, their layer, a glob, or their role.
inline PenaltyRule random_rule(Random& random, const std::vector<Parameter>& parameters) {
  const Parameter& parameter = random_trained(random, parameters);
  const std::string& name = parameter.name;
  const std::array matches{name, name.substr(0, name.rfind('.')),
                           "*" + name.substr(name.rfind('.')), std::string("*"),
                           name.substr(0, 3) + "*"};
  PenaltyRule rule = random_strengths(random);
  rule.match = matches[random.below(matches.size())];
  if (random.below(3) == 0) rule.role = role_of(parameter);
  return rule;
}

/// The network, with random penalties on some layers that have `parameters`.
inline Network with_random_rules(std::uint64_t number, const Network& network,
                                 const std::vector<Parameter>& parameters) {
  Random random(29, Purpose::test, number);
  std::vector<Node> nodes = network.nodes();
  for (std::uint64_t rules = random.below(4); rules > 0; --rules) {
    const Parameter& parameter = random_trained(random, parameters);
    Layer& layer = nodes[static_cast<std::size_t>(parameter.node)].layer;
    PenaltyRule rule = random_strengths(random);
    rule.role = role_of(parameter);
    layer = layer.regularize(rule);
  }
  return Network(nodes);
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
