#include "experiment/selection.hpp"

#include <optional>

#include "experiment/cache_images.hpp"
#include "experiment/check_metrics.hpp"
#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/rules.hpp"
#include "experiment/select_notes.hpp"
#include "experiment/train.hpp"
#include "select/fold_file.hpp"
#include "select/jobs.hpp"
#include "select/overlap.hpp"
#include "select/part.hpp"
#include "select/recipe.hpp"
#include "select/splits.hpp"

namespace ridgeline::experiment {
namespace {

Experiment with(Experiment experiment, const Assignment& parameters) {
  const SearchSpace over = experiment.select.over;
  for (const auto& [key, value] : parameters) {
    const auto searched = over.find(key);
    set_searched(experiment, key, searched == over.end() ? Range() : searched->second, value);
  }
  return experiment;
}

// All settings that decide the result of a training. The study itself records what is searched,
// how, and on which folds.
selection::Settings settings_of(const Experiment& settled) {
  // The experiment's own value of a searched key does not matter, but the form of a schedule does.
  const Experiment experiment = with(settled, selection::without_own_values(settled.select.over));
  selection::Settings settings;
  for (const Key& key : keys()) {
    const bool elsewhere = key.section() == "select" || key.name == "train.run" ||
                           key.name == "train.threads" || key.name == "train.log_every" ||
                           key.name == "data.path" || key.name == "data.validation" ||
                           key.name.starts_with("data.cache");
    if (elsewhere) continue;
    // The recipe describes the contents of the file.
    if (key.name == "model.weights" && !experiment.model.weights.empty()) continue;
    settings.emplace_back(key.name, to_toml(key.write(experiment)));
  }
  return settings;
}

// Writes the record of a run, unless it exists already.
void save_record(const Experiment& experiment, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto record = folder / "experiment.toml";
  if (!std::filesystem::exists(record)) save(experiment, record);
}

}  // namespace

Selection select(const Experiment& experiment, const Images& given, Listener listener,
                 const std::atomic<bool>& stop) {
  check_metrics(experiment, given.train, "select.metric", experiment.select.metric);
  selection::refuse_test_images(given.train, given.test);
  Images images = given;
  images.validation = {};  // the folds replace it
  // All trainings share the cache.
  cache_images(experiment, {listener.on_note, &stop}, images.train, images.validation);
  SelectOptions options = select_options(experiment);
  options.study = experiment.select.study;
  options.seed = static_cast<std::uint64_t>(experiment.train.seed);
  options.on_plan = std::move(listener.on_plan);
  options.on_progress = std::move(listener.on_progress);

  const Network network = build_network(experiment, images.train.schema());
  // The first model decides the automatic settings, so that all runs have the same ones.
  Experiment settled = experiment;
  Model first(network, model_options(experiment, images.train));
  check_rules(experiment, first.options().regularize, first.layout().parameters,
              experiment.select.over);
  check_searched(first.options().regularize, experiment, first.layout().parameters,
                 experiment.select.over);
  take_resolved(settled, first);
  if (!settled.select.fold_file.empty()) {
    settled.select.fold_file = std::filesystem::absolute(settled.select.fold_file).string();
    options.splits = [file =
                          selection::FoldFile(settled.select.fold_file, images.train, images.test)](
                         const Dataset& data) { return file.splits(data); };
  }
  const std::vector<Split> splits = selection::splits(images.train, options);
  const SelectOptions division = options;
  options.folds = static_cast<int>(splits.size());
  settled.select.jobs = options.jobs =
      selection::jobs_of(options, selection::job_limits(first, experiment.train.batch));

  selection::Recipe recipe{
      .first = first,
      .network = network,
      .train = images.train,
      .test = images.test,
      .settings = settings_of(settled),
      .options = options,
      .splits = splits,
      .divide = [&](const Dataset& part) { return selection::splits(part, division); }};
  if (options.splits) recipe.outer = options.splits;
  recipe.with = [&](const Assignment& parameters) {
    const Experiment trial = with(settled, parameters);
    selection::TrainingSettings settings{model_options(trial, images.train),
                                         fit_options(trial, images)};
    settings.fit.stop = &stop;
    return settings;
  };
  recipe.settle = [&](const std::string& name, double value) {
    const Range& range = experiment.select.over.at(name);
    if (!range.names.empty() || !selection::match_of(name).empty()) return value;
    const Value written = key(name).write(with(settled, {{name, value}}));
    if (const auto* whole = written.get<std::int64_t>()) return static_cast<double>(*whole);
    return written.get<double>() ? *written.get<double>() : value;
  };
  // A resumed study writes it again, since its score and rule may have changed.
  recipe.begin = [&] {
    for (const std::string& note : select_notes(experiment, given)) {
      if (listener.on_note) listener.on_note(note);
    }
    std::filesystem::create_directories(options.study);
    save(settled, options.study / "experiment.toml");
  };
  recipe.record = [&](const selection::Beginning& training) {
    Experiment trial = with(settled, training.parameters);
    trial.train.run = training.run.string();
    trial.train.threads = training.threads;
    if (training.epochs) {
      trial.train.epochs = *training.epochs;
      trial.train.patience = 0;
      trial.data.validation = 0.0;
    }
    save_record(trial, training.run);
  };
  std::optional<Model> refitted;
  return selection::run(recipe, refitted);
}

}  // namespace ridgeline::experiment
