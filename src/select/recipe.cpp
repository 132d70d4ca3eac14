#include "select/recipe.hpp"

#include <algorithm>

#include "objective/match.hpp"
#include "select/folds.hpp"
#include "select/guess.hpp"
#include "select/score.hpp"
#include "select/training.hpp"
#include "train/fingerprint.hpp"
#include "train/load_weights.hpp"
#include "train/measured.hpp"

namespace ridgeline::selection {
namespace {

Model model_of(const Recipe& recipe, ModelOptions options, int threads) {
  options.threads = threads;
  Model model(recipe.network, options);
  // Frozen parameters keep their values.
  for (const Parameter& parameter : recipe.first.layout().parameters) {
    for (const std::string& glob : options.frozen) {
      if (!objective::matches(glob, parameter)) continue;
      model.set_weights(parameter.name, recipe.first.weights(parameter.name));
    }
  }
  return model;
}

// What a training depends on in addition to the caller's settings. The file of weights may have
// changed or moved.
Settings all_settings(const Recipe& recipe) {
  Settings settings = recipe.settings;
  const std::filesystem::path& weights = recipe.first.options().weights;
  if (!weights.empty()) settings.emplace_back("model.weights", train::describe_weights(weights));
  settings.emplace_back("training images", train::describe(recipe.train));
  return settings;
}

}  // namespace

Assignment without_own_values(const SearchSpace& over) {
  Assignment values;
  for (const auto& [key, range] : over) {
    values[key] = range.values.empty() ? range.max : range.values[0];
  }
  return values;
}

Selection run(const Recipe& recipe, std::optional<Model>& refitted) {
  const int threads = recipe.first.options().threads;
  const train::Measuring measuring{recipe.first.network(), *recipe.first.options().loss,
                                   recipe.train};
  // The metric that scores a trial is always measured.
  const auto settings_with = [&](const Assignment& parameters) {
    TrainingSettings trial = recipe.with(parameters);
    trial.fit =
        train::also_measuring(name_of(recipe.options.metric), std::move(trial.fit), measuring);
    return trial;
  };
  const FitOptions fit = settings_with({}).fit;
  const metrics::MetricSet measured = train::measured_in_training(measuring, fit);
  check_measured(recipe);
  SelectionTask task;
  task.metrics = measured.names();
  task.settings = all_settings(recipe);
  task.settle = [&](const std::string& key, double value) {
    const double settled = recipe.settle(key, value);
    const TrainingSettings trial = recipe.with({{key, value}});
    if (!trial.model.optimizer.full_batch) check_batch(recipe.splits, trial.fit.batch);
    return settled;
  };
  task.begin = recipe.begin;
  task.cost = [&](const Assignment& parameters) {
    const TrainingSettings trial = recipe.with(parameters);
    return cost_of(recipe.first.layout(), trial.model, trial.fit);
  };
  task.fold_images = fold_images(recipe.splits);
  task.images = static_cast<std::int64_t>(recipe.train.size());
  LastWeights last_weights;
  task.train = [&](const FoldCall& call) {
    const int share = std::max(1, threads / recipe.options.jobs);
    Assignment recorded = call.parameters;
    if (call.request.epochs > 0) recorded["train.epochs"] = call.request.epochs;
    if (recipe.record) recipe.record({recorded, call.run, share, {}});
    TrainingSettings trial = settings_with(call.parameters);
    trial.model.threads = share;
    return train(recipe, trial, call, last_weights);
  };
  task.refit = [&](const RefitCall& call) {
    if (recipe.record) recipe.record({call.parameters, call.run, threads, call.epochs});
    const TrainingSettings chosen = settings_with(call.parameters);
    refitted.emplace(model_of(recipe, chosen.model, threads));
    return train_whole(*refitted, recipe.train, chosen.fit, call);
  };
  task.test = [&] {
    const EvaluateOptions evaluation{.metrics = recipe.with({}).fit.metrics};
    return recipe.test.has_targets() ? std::optional(refitted->evaluate(recipe.test, evaluation))
                                     : std::nullopt;
  };
  task.guess =
      best_guess(validation_images(recipe.train, recipe.splits), *recipe.first.options().loss,
                 recipe.first.layout().output().elements(), measured);
  task.stop = fit.stop;
  return run(recipe.options, task);
}

}  // namespace ridgeline::selection
