#include "select/recipe.hpp"

#include <algorithm>

#include "objective/match.hpp"
#include "select/automatic_range.hpp"
#include "select/folds.hpp"
#include "select/guess.hpp"
#include "select/nested.hpp"
#include "select/score.hpp"
#include "select/splits.hpp"
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

TrainingSize size_of(const TrainingSettings& settings, std::size_t images) {
  const auto& [model, fit] = settings;
  const auto all = static_cast<double>(images);
  const auto batch = static_cast<double>(fit.batch * std::max<std::int64_t>(fit.accumulate, 1));
  return {.images = all,
          .batch = model.optimizer.full_batch ? all : batch,
          .epochs = static_cast<double>(fit.epochs),
          .learning_rate = model.optimizer.learning_rate.value};
}

RangeFacts range_facts(const Recipe& recipe) {
  const TrainingSettings settings = recipe.with({});
  const Optimizer& optimizer = *settings.model.optimizer.optimizer;
  return {.size = size_of(settings, recipe.train.size()),
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
  const auto applied = [&](const Assignment& parameters, const Dataset& images) {
    if (!has_units(options.over)) return parameters;
    return without_units(parameters, options.over, size_of(recipe.with(parameters), images.size()));
  };
  task.applied = [&, applied](const Assignment& parameters) {
    return applied(parameters, recipe.train);
  };
  task.fold_images = fold_images(recipe.splits);
  task.distinct_folds = distinct_folds(recipe.splits);
  task.images = static_cast<std::int64_t>(recipe.train.size());
  task.train = [&, applied](const FoldCall& call) {
    const int share = std::max(1, threads / recipe.options.jobs);
    Split split = recipe.splits[static_cast<std::size_t>(call.fold) - 1];
    split.train = share_of(split.train, call.share, recipe.options.seed);
    // On an eighth of the images, all validation images would cost as much as the training.
    split.validation = share_of(split.validation, 2 * call.share, recipe.options.seed);
    const Assignment values = applied(call.parameters, split.train);
    if (recipe.record) recipe.record({values, call.run, share, {}});
    const TrainingSettings trial = settings_with(values);
    Model model = model_of(recipe, trial.model, share);
    return train_fold(model, split, trial.fit, call);
  };
  task.refit = [&, applied](const RefitCall& call) {
    const Assignment values = applied(call.parameters, recipe.train);
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
