#include "experiment/own_penalties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/codec.hpp"
#include "ridgeline/penalty_term.hpp"

namespace ridgeline::experiment {
namespace {

const OwnPenalty& penalty_of(const Experiment& experiment, const std::string& name) {
  static const OwnPenalty none;
  const auto found = experiment.regularize.own.find(name);
  return found == experiment.regularize.own.end() ? none : found->second;
}

bool is_none(const Schedule& strength) {
  return strength.value == 0 && strength.to == 0;
}

bool is_used(const Experiment& experiment, const std::string& name) {
  const auto sets = [&](const PenaltyRule& rule) {
    const auto found = rule.own.find(name);
    return found != rule.own.end() && !is_none(found->second);
  };
  return !is_none(penalty_of(experiment, name).strength) ||
         std::ranges::any_of(experiment.regularize.rules, sets) ||
         std::ranges::any_of(experiment.model.layers.nodes(), [&](const Node& node) {
           return std::ranges::any_of(node.layer.rules(), sets);
         });
}

Key strength_key(const Kind& kind) {
  Key key;
  key.name = fmt::format("regularize.{}", kind.name);
  key.meaning = kind.meaning;
  key.read = [kind = kind.name, name = key.name](Experiment& experiment, const Value& value) {
    decode(value, name, experiment.regularize.own[kind].strength);
  };
  key.write = [kind = kind.name](const Experiment& experiment) {
    return encode(penalty_of(experiment, kind).strength);
  };
  key.set = [kind = kind.name, read = key.read](Experiment& experiment, double number) {
    Schedule strength = penalty_of(experiment, kind).strength;
    strength.value = number;
    read(experiment, encode(strength));
  };
  return key;
}

Key option_key(const Kind& kind, const Option& option) {
  Key key;
  key.name = fmt::format("regularize.{}_{}", kind.name, option.name);
  key.meaning = option.meaning;
  key.whole = std::holds_alternative<std::int64_t>(option.value);
  key.read = [kind = kind.name, option, name = key.name](Experiment& experiment,
                                                         const Value& value) {
    experiment.regularize.own[kind].options.set(option.name, decode_option(option, value, name));
  };
  key.write = [kind = kind.name, option](const Experiment& experiment) {
    const AttributeValue* value = penalty_of(experiment, kind).options.find(option.name);
    return encode_attribute(value ? *value : option.value);
  };
  if (key.whole || std::holds_alternative<double>(option.value)) {
    key.set = [read = key.read, whole = key.whole](Experiment& experiment, double number) {
      read(experiment,
           whole ? encode(static_cast<std::int64_t>(std::llround(number))) : encode(number));
    };
  }
  return std::move(key).needing(
      without(fmt::format("regularize.{} above 0", kind.name),
              [kind = kind.name](const Experiment& e) { return is_used(e, kind); }));
}

}  // namespace

std::vector<Key> own_penalty_keys() {
  std::vector<Key> keys;
  for (const Kind& kind : penalty_kinds()) {
    keys.push_back(strength_key(kind));
    for (const Option& option : kind.options) keys.push_back(option_key(kind, option));
  }
  return keys;
}

void settle_own_penalties(Regularize& regularize) {
  for (const Kind& kind : penalty_kinds()) {
    const auto found = regularize.own.find(kind.name);
    if (found == regularize.own.end()) continue;
    OwnPenalty& own = found->second;
    own.options = kind.complete(own.options, fmt::format("regularize.{}_", kind.name));
    if (is_none(own.strength) && own.options == kind.defaults()) regularize.own.erase(found);
  }
}

}  // namespace ridgeline::experiment
