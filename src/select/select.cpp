// The library's select(): a model's own options, with the chosen keys set.

#include <fmt/format.h>

#include <algorithm>

#include "objective/match.hpp"
#include "ridgeline/error.hpp"
#include "select/folds.hpp"
#include "select/guess.hpp"
#include "select/jobs.hpp"
#include "select/keys.hpp"
#include "select/score.hpp"
#include "select/task.hpp"
#include "train/fingerprint.hpp"
#include "train/load_weights.hpp"
#include "train/measured.hpp"

namespace ridgeline {
namespace {

using selection::SelectionTask;
using selection::Settings;

struct Trainable {
  Model model;
  FitOptions fit;
};

// A new model of the same kind. What is frozen is given, not trained: it stays.
Trainable with(const Model& model, FitOptions fit, const Assignment& parameters, int jobs = 1) {
  ModelOptions options = model.options();
  options.threads = std::max(1, options.threads / jobs);
  for (const auto& [key, value] : parameters) selection::set_key(key, value, options, fit);
  Trainable result{Model(model.network(), options), std::move(fit)};
  for (const Parameter& parameter : model.layout().parameters) {
    for (const std::string& glob : options.frozen) {
      if (!objective::matches(glob, parameter)) continue;
      result.model.set_weights(parameter.name, model.weights(parameter.name));
    }
  }
  return result;
}

Settings settings_of(const Model& model, const Dataset& train, const Dataset& test,
                     const FitOptions& fit, const SearchSpace& over) {
  ModelOptions options = model.options();
  FitOptions plain = fit;
  for (const auto& [key, range] : over) {  // whose own values play no part
    selection::set_key(key, range.values.empty() ? range.max : range.values[0], options, plain);
  }
  Settings settings;
  const Attributes training = train::settings(model.network(), options, plain);
  for (const auto& [name, value] : training.items()) {
    settings.emplace_back(name, text(value));
  }
  if (!options.weights.empty()) {
    settings.emplace_back("model.weights", train::describe_weights(options.weights));
  }
  settings.insert(settings.end(), {{"train.epochs", fmt::format("{}", plain.epochs)},
                                   {"train.patience", fmt::format("{}", plain.patience)},
                                   {"train.shards", fmt::format("{}", options.shards)},
                                   {"training images", train::describe(train)},
                                   {"test images", train::describe(test)}});
  return settings;
}

}  // namespace

SearchSpace log_range(const std::string& key, double min, double max) {
  return {{key, Range{.min = min, .max = max}}};
}

Selection select(Model& model, const Dataset& images, const FitOptions& given,
                 const SelectOptions& wanted, const Dataset& test) {
  SelectOptions options = wanted;
  options.jobs = selection::jobs_of(wanted, selection::job_limits(model, given.batch));
  if (!given.run.empty()) {
    throw UsageError("FitOptions::run must be empty: the runs of a selection lie in its study");
  }
  for (const auto& [key, range] : options.over) selection::check_range(key, range);
  const Dataset train = images.cache();  // which all trainings share
  const std::vector<Split> splits = selection::splits(train, options);

  const train::Measuring measuring{model.network(), *model.options().loss, train};
  const FitOptions fit =
      train::also_measuring(selection::name_of(options.metric), given, measuring);
  const metrics::MetricSet measured = train::measured_in_training(measuring, fit);

  SelectionTask task;
  task.settings = settings_of(model, train, test, given, options.over);
  task.metrics = measured.names();
  task.settle = [&](const std::string& key, double value) {
    ModelOptions model_options = model.options();
    FitOptions fit_options = fit;
    const double settled = selection::set_key(key, value, model_options, fit_options);
    if (!model_options.optimizer.full_batch) selection::check_batch(splits, fit_options.batch);
    return settled;
  };
  task.cost = [&](const Assignment& parameters) {
    ModelOptions model_options = model.options();
    FitOptions fit_options = fit;
    for (const auto& [key, value] : parameters) {
      selection::set_key(key, value, model_options, fit_options);
    }
    return selection::cost_of(model.layout(), model_options, fit_options);
  };
  task.fold_images = selection::fold_images(splits);
  task.images = static_cast<std::int64_t>(train.size());
  task.train = [&](const selection::FoldCall& call) {
    Trainable trial = with(model, fit, call.parameters, options.jobs);
    const Split& split = splits[static_cast<std::size_t>(call.fold) - 1];
    return selection::train_fold(trial.model, split, trial.fit, call);
  };
  task.refit = [&](const selection::RefitCall& call) {
    Trainable chosen = with(model, fit, call.parameters);
    History history = selection::train_whole(chosen.model, train, chosen.fit, call);
    if (!history.interrupted) model = std::move(chosen.model);
    return history;
  };
  task.test = [&] {
    return test.empty() ? std::nullopt
                        : std::optional(model.evaluate(test, {.metrics = given.metrics}));
  };
  task.guess =
      selection::best_guess(selection::validation_images(train, splits), *model.options().loss,
                            model.layout().output().elements(), measured);
  task.stop = fit.stop;
  return selection::run(options, task);
}

}  // namespace ridgeline
