#include "select/recipe.hpp"

#include <algorithm>

#include "objective/match.hpp"
#include "select/automatic_range.hpp"
#include "select/folds.hpp"
#include "select/guess.hpp"
#include "select/nested.hpp"
#include "select/part.hpp"
#include "select/score.hpp"
#include "select/splits.hpp"
#include "select/training.hpp"
#include "select/units.hpp"
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

TrainingSize size_of(const TrainingSettings& settings, double images) {
  const auto& [model, fit] = settings;
  const auto batch = static_cast<double>(fit.batch * std::max<std::int64_t>(fit.accumulate, 1));
  return {.images = images,
          .batch = model.optimizer.full_batch ? images : batch,
          .epochs = static_cast<double>(fit.epochs),
          .learning_rate = model.optimizer.learning_rate.value};
}

RangeFacts range_facts(const Recipe& recipe) {
  const TrainingSettings settings = recipe.with({});
  const Optimizer& optimizer = *settings.model.optimizer.optimizer;
  return {.size = size_of(settings, static_cast<double>(recipe.train.size())),
          .optimizer = std::string(optimizer.kind()),
          .momentum = optimizer.attributes().real("momentum", 0)};
}

// What a training depends on in addition to the caller's settings. The file of weights may have
// changed or moved.
Settings all_settings(const Recipe& recipe) {
  Settings settings = recipe.settings;
  const std::filesystem::path& weights = recipe.first.options().weights;
  if (!weights.empty()) settings.emplace_back("model.weights", train::describe_weights(weights));
  settings.emplace_back("training images", train::describe(recipe.train));
  settings.emplace_back("the images of the folds", describe(recipe.splits));
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
  SelectOptions options = recipe.options;
  for (auto& [key, range] : options.over) {
    if (range.automatic) range = automatic_range(key, range, range_facts(recipe));
  }
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
  check_parts(options.over, recipe.first.layout().parameters, recipe.first.options().frozen);
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
  const auto all_images = static_cast<double>(recipe.train.size());
  const auto applied = [&](const Assignment& parameters, double images) {
    if (!has_units(options.over)) return parameters;
    return without_units(parameters, options.over, size_of(recipe.with(parameters), images));
  };
  task.applied = [=](const Assignment& parameters) { return applied(parameters, all_images); };
  task.threads = threads;
  task.fold_images = fold_images(recipe.splits);
  task.distinct_folds = distinct_folds(recipe.splits);
  task.images = static_cast<std::int64_t>(recipe.train.size());
  LastWeights last_weights;
  task.train = [&, applied](const FoldCall& call) {
    const auto& split = recipe.splits[static_cast<std::size_t>(call.request.id.fold) - 1];
    const auto images = call.request.id.share * static_cast<double>(split.train.size());
    const Assignment values = applied(call.parameters, images);
    Assignment recorded = values;
    if (call.request.epochs > 0) recorded["train.epochs"] = call.request.epochs;
    if (recipe.record) recipe.record({recorded, call.run, call.threads, {}});
    TrainingSettings trial = settings_with(values);
    trial.model.threads = call.threads;
    return train(recipe, trial, call, last_weights);
  };
  task.refit = [&, applied, all_images](const RefitCall& call) {
    const Assignment values = applied(call.parameters, all_images);
    if (recipe.record) recipe.record({values, call.run, threads, call.epochs});
    const TrainingSettings chosen = settings_with(values);
    refitted.emplace(model_of(recipe, chosen.model, threads));
    return train_whole(*refitted, recipe.train, chosen.fit, call);
  };
  task.test = [&] {
    const EvaluateOptions evaluation{.metrics = fit.metrics};
    return recipe.test.has_targets() ? std::optional(refitted->evaluate(recipe.test, evaluation))
                                     : std::nullopt;
  };
  task.guess =
      best_guess(validation_images(recipe.train, recipe.splits), *recipe.first.options().loss,
                 recipe.first.layout().output().elements(), measured);
  task.stop = fit.stop;
  if (options.outer_folds == 0) return run(options, task);

  check_outer_folds(recipe);
  task.nested = [&](const auto& keep) { return run_nested(recipe, keep); };
  const double share = 1.0 / options.outer_folds;  // the outer folds are the larger part
  return run(as_part(options, 1 - share, share, 0), task);
}

}  // namespace ridgeline::selection
