#include "experiment/select_rows.hpp"

#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "experiment/key_rows.hpp"
#include "experiment/search_space.hpp"
#include "select/methods/method.hpp"

namespace ridgeline::experiment {
namespace {

using E = Experiment;

// What decides which keys have an effect.
SelectOptions options_of(const E& e) {
  return {.over = e.select.over, .method = e.select.method, .sampler = e.select.sampler};
}

// "halving, hyperband, asha"
std::string methods_with_factor() {
  std::vector<std::string> names = selection::method_names();
  std::erase_if(names, [](const std::string& name) { return !selection::takes_factor(name); });
  return fmt::format("{}", fmt::join(names, ", "));
}

Need own_number_of_candidates() {
  return {.unmet = [](const E& e) {
    return selection::follows_epochs(e.select.method)
               ? fmt::format(
                     "has no effect with select.method = \"{}\", whose candidates follow from "
                     "train.epochs: leave one of the two out",
                     e.select.method)
               : std::string();
  }};
}

}  // namespace

std::vector<Key> select_rows() {
  constexpr auto select = &E::select;
  const std::string factored = methods_with_factor();
  return {
      row("select.over", select, &SelectSection::over,
          "what is searched: keys, each with { min, max, scale = \"log\" | \"linear\" } or a list "
          "of values; \"regularize.l2@dense*\" is λ of a part of the network",
          check_search_space),
      row("select.metric", select, &SelectSection::metric,
          "the score of a candidate, on images that its training did not have: val_data_loss, "
          "val_accuracy, ...",
          metric({"val_"})),
      row("select.method", select, &SelectSection::method,
          fmt::format(
              "which candidates are trained, on which folds, on how many images and for how many "
              "epochs: {}",
              fmt::join(selection::method_names(), ", ")),
          one_of(selection::method_names())),
      row("select.trials", select, &SelectSection::trials,
          "the number of candidates, including λ = 0; a method that finds its own, as the race of "
          "a range does, only compares its cost with a grid of so many",
          whole(1))
          .needing(own_number_of_candidates())
          .needing(without("a range in select.over",
                           [](const E& e) { return selection::takes_trials(options_of(e)); })),
      row("select.sampler", select, &SelectSection::sampler,
          fmt::format("how the candidates of {} are found, and those of race for a list or several "
                      "keys: grid, random, sobol, or auto (grid for one key, sobol for several)",
                      factored),
          one_of({"auto", "grid", "random", "sobol"}))
          .needing(without(
              "a select.method that uses it (" + factored + ", or race for a list or several keys)",
              [](const E& e) { return selection::takes_sampler(options_of(e)); })),
      row("select.factor", select, &SelectSection::factor,
          "these keep one in so many candidates: " + factored, above(1))
          .needing(without("a select.method that uses it (" + factored + ")",
                           [](const E& e) { return selection::takes_factor(e.select.method); })),
      row("select.split", select, &SelectSection::split,
          "how images are divided into folds: stratified (by class; groups stay whole) or "
          "leave-groups-out",
          one_of({"stratified", "leave-groups-out"}))
          .needing(no_fold_file()),
      row("select.folds", select, &SelectSection::folds,
          "folds of cross-validation; 1: a hold-out set of data.validation. The race begins with "
          "one fold, and trains others if they can change the choice",
          whole(1))
          .needing(stratified_folds_only()),
      row("select.repeats", select, &SelectSection::repeats,
          "how often the images are divided into folds, each time by another seed", whole(1))
          .needing(stratified_folds_only()),
      row("select.leave_groups", select, &SelectSection::leave_groups,
          "of select.split = \"leave-groups-out\": each choice of so many groups is a fold",
          whole(1))
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
          "best (score), or one-standard-error: the strongest penalty, or the fewest epochs, "
          "within one standard error of the best score; for any other search it is best",
          one_of({"one-standard-error", "best"})),
      row("select.jobs", select, &SelectSection::jobs,
          "trainings at a time, which share train.threads; 0: automatic; results do not depend on "
          "it",
          whole(0)),
      row("select.study", select, &SelectSection::study,
          "the folder that keeps all trials and runs; {name} and {time} as in train.run",
          folder_name()),
  };
}

}  // namespace ridgeline::experiment
