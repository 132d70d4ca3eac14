#include "select/nested.hpp"

#include <fmt/format.h>

#include <limits>

#include "ridgeline/error.hpp"
#include "select/score.hpp"
#include "select/splits.hpp"

namespace ridgeline::selection {
namespace {

std::vector<Split> outer_splits(const Recipe& recipe) {
  const int folds = recipe.options.outer_folds;
  if (!recipe.outer) return stratified_folds(recipe.train, folds, recipe.options.seed);
  std::vector<Split> splits = recipe.outer(recipe.train);
  const auto count = static_cast<int>(splits.size());
  if (count == folds) return splits;
  throw UsageError(
      fmt::format("select.outer_folds is {}, but select.fold_file has {} folds, which are the "
                  "outer folds, too: "
                  "make it {}",
                  folds, count, count));
}

/// Adds the outer fold to the sentence of an error.
template <typename Action>
auto inside(std::size_t fold, std::size_t folds, Action action) {
  try {
    return action();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("outer fold {} of {}: {}", fold + 1, folds, error.what()));
  }
}

/// The selection on the training images of an outer fold; its test set is the fold.
Recipe recipe_of(const Recipe& whole, const Split& split, int fold) {
  Recipe part = whole;
  part.train = split.train;
  part.test = split.validation;
  part.splits = whole.divide(split.train);
  part.settings.emplace_back("select.outer_folds", fmt::format("{}", whole.options.outer_folds));
  part.settings.emplace_back("the outer fold", fmt::format("{}", fold));
  part.begin = {};
  const double folds = whole.options.outer_folds, share = (folds - 1) / folds / folds;
  part.options = as_part(part.options, (fold - 1) * share, share, fold);
  part.options.folds = static_cast<int>(part.splits.size());
  part.options.outer_folds = 0;
  part.options.refit = true;
  part.options.on_plan = {};
  if (!whole.options.study.empty()) {
    part.options.study = whole.options.study / "outer" / std::to_string(fold);
  }
  return part;
}

OuterFold measured(const Selection& selection, const std::string& metric, std::size_t images) {
  const Epoch measured{.validation = selection.test};
  OuterFold fold{.chosen = selection.chosen, .images = static_cast<std::int64_t>(images)};
  fold.score = score_of(metric, measured);
  fold.standard_error =
      selection.test ? image_error_of(metric, measured) : std::numeric_limits<double>::quiet_NaN();
  return fold;
}

}  // namespace

SelectOptions as_part(SelectOptions options, double before, double share, int outer) {
  if (!options.on_progress) return options;
  const int folds = options.outer_folds;
  options.on_progress = [=, tell = std::move(options.on_progress)](SelectProgress progress) {
    progress.outer = outer;
    progress.outer_folds = folds;
    progress.done = before + share * progress.done;
    tell(progress);
  };
  return options;
}

void check_outer_folds(const Recipe& recipe) {
  const std::vector<Split> outer = outer_splits(recipe);
  for (std::size_t f = 0; f < outer.size(); ++f) {
    inside(f, outer.size(), [&] {
      const TrainingSettings training = recipe.with({});
      if (training.model.optimizer.full_batch) {
        recipe.divide(outer[f].train);
      } else {
        check_batch(recipe.divide(outer[f].train), training.fit.batch);
      }
    });
  }
}

NestedResult run_nested(const Recipe& recipe,
                        const std::function<void(int fold, const OuterFold&)>& keep) {
  const std::vector<Split> outer = outer_splits(recipe);
  NestedResult result;
  std::vector<double> scores;
  for (std::size_t f = 0; f < outer.size(); ++f) {
    const int fold = static_cast<int>(f) + 1;
    inside(f, outer.size(), [&] {
      const Recipe part = recipe_of(recipe, outer[f], fold);
      std::optional<Model> model;
      const Selection selection = run(part, model);
      result.trainings += selection.trainings;
      result.seconds += selection.seconds;
      result.interrupted = selection.interrupted;
      if (result.interrupted) return;
      result.nested.folds.push_back(
          measured(selection, recipe.options.metric, outer[f].validation.size()));
      keep(fold, result.nested.folds.back());
      scores.push_back(result.nested.folds.back().score);
      if (!part.options.on_progress) return;
      part.options.on_progress({.outer_ended = &result.nested.folds.back(), .done = 1});
    });
    if (result.interrupted) return result;
  }
  const MeanAndError score = mean_and_error(scores);
  result.nested.score = score.mean;
  result.nested.standard_error = score.standard_error;
  return result;
}

}  // namespace ridgeline::selection
