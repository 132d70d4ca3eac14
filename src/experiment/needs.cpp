#include "experiment/needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "data/whole_sources.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::experiment {
namespace {

bool is_none(const Schedule& strength) {
  return strength.value == 0 && strength.to == 0;
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

Need a_size() {
  return without("data.size", [](const Experiment& e) { return !e.data.size.empty(); });
}

Need a_crop() {
  return without("data.size and data.resize = \"crop\"", [](const Experiment& e) {
    return !e.data.size.empty() && e.data.resize == "crop";
  });
}

Need resizing() {
  return without("data.size, or data.augment with a change that resizes", [](const Experiment& e) {
    return !e.data.size.empty() || !e.data.augment.empty();
  });
}

Need image_files() {
  return {.unmet = [](const Experiment& e) {
    return data::reads_all_at_once(e.data.source)
               ? fmt::format(
                     "has no effect on {}, whose images are all read before training: leave it "
                     "out",
                     e.data.source)
               : std::string();
  }};
}

Need an_epoch_to_unfreeze_at() {
  return {.unmet = [](const Experiment& e) {
    return e.train.unfreeze_at <= e.train.epochs
               ? std::string()
               : fmt::format(
                     "has no effect after the last epoch (train.epochs = {}): name an "
                     "earlier epoch, or leave this out",
                     e.train.epochs);
  }};
}

Need measured_by_train() {
  Need need = without("validation images (data.validation)", [](const Experiment& e) {
    const auto* share = std::get_if<double>(&e.data.validation);
    return e.train.monitor.starts_with("train_") || !share || *share > 0;
  });
  need.command = Command::train;
  return need;
}

Need no_fold_file() {
  return beside("select.fold_file, which names the folds",
                [](const Experiment& e) { return !e.select.fold_file.empty(); });
}

Need stratified_folds_only() {
  Need need = no_fold_file();
  need.unmet = [by_file = need.unmet](const Experiment& e) {
    if (e.select.split == "stratified") return by_file(e);
    return fmt::format(
        "has no effect with select.split = \"{}\", where the groups make the folds: "
        "leave one of the two out",
        e.select.split);
  };
  return need;
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
  const auto& own = experiment.regularize.own;
  return std::ranges::any_of(own, [](const auto& p) { return !is_none(p.second.strength); }) ||
         std::ranges::any_of(penalty_keys, [&](const PenaltyKey& key) {
           return !is_none(experiment.regularize.*key.base);
         });
}

}  // namespace ridgeline::experiment
