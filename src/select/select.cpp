// The library's select(): a model's own options, with the chosen keys set.

#include <fmt/format.h>

#include <optional>

#include "ridgeline/error.hpp"
#include "select/jobs.hpp"
#include "select/keys.hpp"
#include "select/overlap.hpp"
#include "select/own_splits.hpp"
#include "select/recipe.hpp"
#include "select/splits.hpp"
#include "train/fingerprint.hpp"

namespace ridgeline {
namespace {

using selection::Recipe;
using selection::TrainingSettings;

selection::Settings settings_of(const Network& network, const TrainingSettings& training,
                                const Dataset& test) {
  const auto& [options, fit] = training;
  selection::Settings settings;
  const Attributes common = train::settings(network, options, fit);
  for (const auto& [name, value] : common.items()) settings.emplace_back(name, text(value));
  settings.insert(settings.end(), {{"train.epochs", fmt::format("{}", fit.epochs)},
                                   {"train.patience", fmt::format("{}", fit.patience)},
                                   {"train.shards", fmt::format("{}", options.shards)},
                                   {"test images", train::describe(test)}});
  return settings;
}

}  // namespace

SearchSpace log_range(const std::string& key, double min, double max) {
  return {{key, Range{.min = min, .max = max}}};
}

Selection select(Model& model, const Dataset& images, const FitOptions& fit,
                 const SelectOptions& wanted, const Dataset& test) {
  SelectOptions options = wanted;
  if (!fit.run.empty()) {
    throw UsageError("FitOptions::run must be empty: the runs of a selection are in its study");
  }
  for (const auto& [key, range] : options.over) selection::check_range(key, range);
  selection::refuse_test_images(images, test);
  const Dataset train = images.cache({.augment = fit.augment});  // all trainings share them
  options.splits = selection::on_cache(wanted.splits, images, train);
  const std::vector<Split> splits = selection::splits(train, options);
  const SelectOptions division = options;
  options.folds = static_cast<int>(splits.size());
  options.jobs = selection::jobs_of(options, selection::job_limits(model, fit.batch));
  Recipe recipe{.first = model,
                .network = model.network(),
                .train = train,
                .test = test,
                .settings = {},
                .options = options,
                .splits = splits,
                .divide = [&](const Dataset& part) { return selection::splits(part, division); },
                .with =
                    [&](const Assignment& parameters) {
                      TrainingSettings trial{model.options(), fit};
                      for (const auto& [key, value] : parameters) {
                        selection::set_key(key, value, trial.model, trial.fit);
                      }
                      return trial;
                    },
                .settle =
                    [&](const std::string& key, double value) {
                      TrainingSettings trial{model.options(), fit};
                      return selection::set_key(key, value, trial.model, trial.fit);
                    }};
  recipe.settings =
      settings_of(recipe.network, recipe.with(selection::without_own_values(options.over)), test);
  std::optional<Model> refitted;
  Selection selection = selection::run(recipe, refitted);
  if (refitted && selection.refit && !selection.refit->interrupted) model = std::move(*refitted);
  return selection;
}

}  // namespace ridgeline
