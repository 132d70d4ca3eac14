#include "experiment/needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::experiment {
namespace {

bool is_none(const Schedule& strength) {
  return strength.value == 0 && strength.to == 0;
}

/// The options that `make` gives; nothing where it does not know the kind, which is another error.
template <typename Make>
std::optional<Attributes> options(Make make) {
  try {
    return make();
  } catch (const UsageError&) {
    return std::nullopt;
  }
}

Need option_of(std::string field, std::function<std::string(const Experiment&)> kind,
               std::function<Attributes(const std::string& kind)> options_of) {
  return {.unmet = [=](const Experiment& experiment) -> std::string {
    const std::string name = kind(experiment);
    const auto known = options([&] { return options_of(name); });
    if (!known || known->find(field)) return {};
    return fmt::format("has no effect on {}", name);
  }};
}

}  // namespace

Need without(std::string what, Condition met) {
  return {.unmet = [=](const Experiment& experiment) {
    return met(experiment)
               ? std::string()
               : fmt::format("has no effect without {}: set that, or leave this out", what);
  }};
}

Need beside(std::string what, Condition given) {
  return {.unmet = [=](const Experiment& experiment) {
    return given(experiment) ? fmt::format("has no effect with {}: leave one of the two out", what)
                             : std::string();
  }};
}

Need not_on(Command command, std::string why, Condition met) {
  return {.unmet =
              [=](const Experiment& experiment) {
                return met && met(experiment)
                           ? std::string()
                           : fmt::format("has no effect on ridgeline {}: {}",
                                         command == Command::train ? "train" : "select", why);
              },
          .command = command,
          .words_only = true};
}

Need optimizer_has(std::string field) {
  return option_of(
      std::move(field), [](const Experiment& e) { return e.optimizer.kind; },
      [](const std::string& kind) { return default_optimizer(kind).optimizer->attributes(); });
}

Need loss_has(std::string field) {
  return option_of(
      std::move(field), [](const Experiment& e) { return e.loss.kind; },
      [](const std::string& kind) { return make_loss(kind)->attributes(); });
}

bool uses(const Experiment& experiment, Schedule Regularize::*base,
          std::optional<Schedule> PenaltyRule::*rule) {
  const auto sets = [&](const PenaltyRule& one) { return one.*rule && !is_none(*(one.*rule)); };
  return !is_none(experiment.regularize.*base) ||
         std::ranges::any_of(experiment.regularize.rules, sets) ||
         std::ranges::any_of(experiment.model.layers.nodes(), [&](const Node& node) {
           return std::ranges::any_of(node.layer.rules(), sets);
         });
}

bool has_base_penalty(const Experiment& experiment) {
  return std::ranges::any_of(penalty_keys, [&](const PenaltyKey& key) {
    return !is_none(experiment.regularize.*key.base);
  });
}

}  // namespace ridgeline::experiment
