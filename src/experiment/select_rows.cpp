#include "experiment/select_rows.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "experiment/key_rows.hpp"
#include "experiment/search_space.hpp"
#include "select/methods/method.hpp"

namespace ridgeline::experiment {
namespace {

using E = Experiment;

bool is_curve(const E& e) {
  return selection::is_curve(e.select.over);
}

// Whether there is a number of candidates to choose. The race of a range takes it for the grid that
// it is compared with.
bool takes_trials(const E& e) {
  static constexpr std::array<std::string_view, 3> take_whole_lists{"grid", "race", "halving"};
  if (e.select.method == "hyperband") return false;
  if (std::ranges::find(take_whole_lists, e.select.method) == take_whole_lists.end()) return true;
  return std::ranges::any_of(e.select.over,
                             [](const auto& searched) { return searched.second.values.empty(); });
}

bool compares_early(const E& e) {
  return e.select.method == "halving" || e.select.method == "hyperband" ||
         e.select.method == "asha";
}

// Whether the candidates come from a sampler.
bool samples(const E& e) {
  return compares_early(e) || (e.select.method == "race" && !is_curve(e));
}

}  // namespace

std::vector<Key> select_rows() {
  constexpr auto select = &E::select;
  return {
      row("select.over", select, &SelectSection::over,
          "numeric keys, each with { min, max, scale = \"log\" | \"linear\" } or [values]",
          check_search_space),
      row("select.metric", select, &SelectSection::metric,
          "the score of a trial: val_data_loss, val_accuracy, ...", metric({"val_"})),
      row("select.method", select, &SelectSection::method,
          fmt::format("how candidates are found and trained: {}",
                      fmt::join(selection::method_names(), ", ")),
          one_of(selection::method_names())),
      row("select.trials", select, &SelectSection::trials,
          "the number of candidates, including λ = 0", whole(1))
          .needing(without("a range in select.over, or with select.method = \"hyperband\"",
                           takes_trials)),
      row("select.sampler", select, &SelectSection::sampler,
          "candidates of halving, hyperband, asha and a race of several keys: auto (grid for one "
          "key, "
          "sobol for several), grid, random or sobol",
          one_of({"auto", "grid", "random", "sobol"}))
          .needing(without("candidates from a sampler (select.method = \"halving\")", samples)),
      row("select.factor", select, &SelectSection::factor,
          "halving, hyperband and asha keep one in so many candidates", above(1))
          .needing(
              without("select.method = \"halving\", \"hyperband\" or \"asha\"", compares_early)),
      row("select.split", select, &SelectSection::split,
          "how images are divided into folds: stratified (by class; groups stay whole) or "
          "leave-groups-out",
          one_of({"stratified", "leave-groups-out"}))
          .needing(no_fold_file()),
      row("select.folds", select, &SelectSection::folds,
          "folds of cross-validation; 1: a hold-out set of data.validation", whole(1))
          .needing(stratified_folds_only()),
      row("select.repeats", select, &SelectSection::repeats,
          "how often the images are divided into folds, each time by another seed", whole(1))
          .needing(stratified_folds_only()),
      row("select.leave_groups", select, &SelectSection::leave_groups,
          "leave-groups-out: each choice of so many groups is a fold", whole(1))
          .needing(without("select.split = \"leave-groups-out\"",
                           [](const E& e) {
                             return e.select.leave_groups == 1 ||
                                    e.select.split == "leave-groups-out";
                           }))
          .needing(no_fold_file()),
      row("select.fold_file", select, &SelectSection::fold_file,
          "a table of folds of your own: a row for each training image, columns image and fold"),
      row("select.outer_folds", select, &SelectSection::outer_folds,
          "nested cross-validation: repeats the whole selection without each of so many folds, and "
          "measures it on them; 0: none",
          whole(0)),
      row("select.rule", select, &SelectSection::rule,
          "one-standard-error (for a penalty or train.epochs; else best) or best",
          one_of({"one-standard-error", "best"})),
      row("select.jobs", select, &SelectSection::jobs,
          "trainings at a time, which share train.threads; 0: automatic", whole(0)),
      row("select.study", select, &SelectSection::study,
          "the folder of the study; {name} and {time} as in train.run", folder_name()),
  };
}

}  // namespace ridgeline::experiment
