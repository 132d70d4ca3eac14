#include "experiment/selection.hpp"

#include <algorithm>
#include <optional>

#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/rules.hpp"
#include "select/folds.hpp"
#include "select/guess.hpp"
#include "select/jobs.hpp"
#include "select/score.hpp"
#include "select/task.hpp"
#include "train/fingerprint.hpp"
#include "train/load_weights.hpp"
#include "train/measured.hpp"

namespace ridgeline::experiment {
namespace {

Experiment with(Experiment experiment, const Assignment& parameters) {
  for (const auto& [key, value] : parameters) set_number(experiment, key, value);
  return experiment;
}

// Everything that decides what a training gives; what is searched, how, and on which folds is known
// to the study.
selection::Settings settings_of(Experiment experiment, const Images& images) {
  // Of what is searched its own value plays no part, but the form of a schedule does.
  for (const auto& [name, range] : experiment.select.over) {
    set_number(experiment, name, range.values.empty() ? range.max : range.values[0]);
  }
  selection::Settings settings;
  for (const Key& key : keys()) {
    const bool elsewhere = key.section() == "select" || key.name == "train.run" ||
                           key.name == "train.threads" || key.name == "train.log_every" ||
                           key.name == "data.path" || key.name == "data.validation";
    if (elsewhere) continue;
    // The file may be another by now, or lie elsewhere.
    const bool file = key.name == "model.weights" && !experiment.model.weights.empty();
    settings.emplace_back(key.name, file ? train::describe_weights(experiment.model.weights)
                                         : to_toml(key.write(experiment)));
  }
  settings.emplace_back("training images", train::describe(images.train));
  return settings;
}

// The record of a run, unless it is there from before.
void save_record(const Experiment& experiment, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto record = folder / "experiment.toml";
  if (!std::filesystem::exists(record)) save(experiment, record);
}

}  // namespace

Selection select(const Experiment& experiment, const Images& given, Listener listener,
                 const std::atomic<bool>& stop) {
  Images images = given;
  images.train = given.train.cache();  // which all trainings share
  SelectOptions options = select_options(experiment);
  options.study = experiment.select.study;
  options.seed = static_cast<std::uint64_t>(experiment.train.seed);
  options.on_plan = std::move(listener.on_plan);
  options.on_progress = std::move(listener.on_progress);

  const std::vector<Split> splits = selection::splits(images.train, options);
  const auto model_of = [&](const Experiment& trial) {
    return Model(build_network(trial, images.train.classes()), model_options(trial, images.train));
  };
  // The first model decides the automatic settings, so that all runs have the same ones.
  Experiment settled = experiment;
  Model first = model_of(experiment);
  check_rules(experiment, first.options().regularize, first.layout().parameters,
              experiment.select.over);
  check_searched(first.options().regularize, experiment, first.layout().parameters,
                 experiment.select.over);
  settled.train.threads = first.options().threads;
  settled.train.shards = first.options().shards;
  settled.train.kernels = first.options().kernels;
  settled.select.jobs = options.jobs =
      selection::jobs_of(options, selection::job_limits(first, experiment.train.batch));

  const train::Measuring measuring{first.network(), *first.options().loss, images.train};
  const auto fit_of = [&](const Experiment& trial) {
    FitOptions fit = train::also_measuring(selection::name_of(options.metric),
                                           fit_options(trial, images), measuring);
    fit.stop = &stop;
    return fit;
  };
  const metrics::MetricSet measured = train::measured_in_training(measuring, fit_of(settled));

  std::optional<Model> refitted;
  selection::SelectionTask task;
  task.settings = settings_of(settled, images);
  task.metrics = measured.names();
  task.settle = [&](const std::string& name, double value) {
    Experiment trial = settled;
    set_number(trial, name, value);
    if (!build_optimizer(trial).full_batch) selection::check_batch(splits, trial.train.batch);
    const Value written = key(name).write(trial);
    if (const auto* whole = written.get<std::int64_t>()) return static_cast<double>(*whole);
    return written.get<double>() ? *written.get<double>() : value;
  };
  // Written again by a resumed study, whose score and rule may be others than before.
  task.begin = [&] {
    std::filesystem::create_directories(options.study);
    save(settled, options.study / "experiment.toml");
  };
  task.cost = [&](const Assignment& parameters) {
    const Experiment trial = with(settled, parameters);
    return selection::cost_of(first.layout(), model_options(trial, images.train),
                              fit_options(trial, images));
  };
  task.fold_images = selection::fold_images(splits);
  task.images = static_cast<std::int64_t>(images.train.size());
  task.train = [&](const selection::FoldCall& call) {
    Experiment trial = with(settled, call.parameters);
    trial.train.run = call.run.string();
    trial.train.threads = std::max<std::int64_t>(1, settled.train.threads / options.jobs);
    save_record(trial, call.run);
    Model model = model_of(trial);
    const Split& split = splits[static_cast<std::size_t>(call.fold) - 1];
    return selection::train_fold(model, split, fit_of(trial), call);
  };
  task.refit = [&](const selection::RefitCall& call) {
    Experiment trial = with(settled, call.parameters);
    trial.train.run = call.run.string();
    trial.train.epochs = call.epochs;
    trial.train.patience = 0;
    trial.data.validation = 0.0;
    save_record(trial, call.run);
    refitted.emplace(model_of(trial));
    return selection::train_whole(*refitted, images.train, fit_of(trial), call);
  };
  task.test = [&] {
    return images.test.empty()
               ? std::nullopt
               : std::optional(refitted->evaluate(images.test, {.metrics = settled.train.metrics}));
  };
  task.guess =
      selection::best_guess(selection::validation_images(images.train, splits),
                            *first.options().loss, first.layout().output().elements(), measured);
  task.stop = &stop;
  return selection::run(options, task);
}

}  // namespace ridgeline::experiment
