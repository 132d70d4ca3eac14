#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/pin.hpp"
#include "cli/progress.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "experiment/build.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using experiment::Images;
using std::filesystem::path;

constexpr const char* record = "experiment.toml";

/// The experiment and the run's folder, as the arguments have them.
Experiment read_experiment(const Arguments& arguments) {
  auto overrides = arguments.positionals();
  const auto resume = arguments.option("--resume");
  path file;
  if (!overrides.empty() && overrides.front().find('=') == std::string::npos) {
    file = overrides.front();
    overrides.erase(overrides.begin());
  }
  if (!resume) {
    Experiment experiment = experiment::read(file, overrides);
    experiment.train.run = experiment::new_folder(experiment.train.run).string();
    if (std::filesystem::exists(path(experiment.train.run) / record)) {
      throw UsageError(
          fmt::format("{0} holds a run already: name another folder with train.run=..., "
                      "or go on with it: ridgeline train --resume {0}",
                      experiment.train.run));
    }
    return experiment;
  }
  if (!file.empty()) {
    throw UsageError(
        fmt::format("--resume goes on with the run's own {}: leave {} out", record, file.string()));
  }
  if (!std::filesystem::exists(path(*resume) / record)) {
    throw UsageError(
        fmt::format("--resume needs the folder of a run: {} holds no {}", *resume, record));
  }
  Experiment experiment = experiment::read(path(*resume) / record, overrides);
  experiment.train.run = *resume;
  return experiment;
}

void print_beginning(Console& console, const Experiment& experiment, const Images& images,
                     const Model& model) {
  const auto& data = experiment.data;
  const auto images_of = [](const Dataset& set) {
    return count(static_cast<std::int64_t>(set.size()));
  };
  std::string sets = fmt::format("{} training images", images_of(images.train));
  const auto* share = std::get_if<double>(&data.validation);
  if (share && *share > 0) sets += fmt::format(" ({:.3g} % of them for validation)", 100 * *share);
  if (!share) sets += fmt::format(", {} for validation", images_of(images.validation));
  if (!images.test.empty()) sets += fmt::format(", {} for the test", images_of(images.test));
  console.print("{} from {}\n{}\n\n{}\n", data.source, data.path, sets, model.summary());
}

nlohmann::ordered_json to_json(const Experiment& experiment, const History& history,
                               const std::optional<Metrics>& test) {
  double images_per_second = 0;
  for (const Epoch& epoch : history.epochs) images_per_second += epoch.images_per_second;
  const Epoch* best = history.best_epoch > 0 ? &history.best() : nullptr;
  return {
      {"run", experiment.train.run},
      {"epochs", history.epochs.size()},
      {"best_epoch", history.best_epoch},
      {"images_per_second",
       history.epochs.empty() ? 0 : images_per_second / static_cast<double>(history.epochs.size())},
      {"train", cli::to_json(best ? std::optional(best->train) : std::nullopt)},
      {"validation", cli::to_json(best ? best->validation : std::nullopt)},
      {"test", cli::to_json(test)},
      {"stopped_early", history.stopped_early},
      {"interrupted", history.interrupted}};
}

void print_end(Console& console, const Experiment& experiment, const History& history,
               const std::optional<Metrics>& test) {
  if (history.interrupted) {
    console.print("\nStopped after {} of {} epochs; go on with: ridgeline train --resume {}\n",
                  history.epochs.size(), experiment.train.epochs, experiment.train.run);
    return;
  }
  console.print(
      "\nEpoch {}{}{}:\n{}", history.best_epoch,
      history.best().validation ? fmt::format(", the best in {}", experiment.train.monitor) : "",
      history.stopped_early ? fmt::format(" (stopped after {})", history.epochs.size()) : "",
      metrics_table({{"train", history.best().train},
                     {"validation", history.best().validation},
                     {"test", test}}));
  console.print("\n{0}\n",
                console.dim(fmt::format("ridgeline evaluate {0}\nridgeline predict {0} IMAGE...",
                                        experiment.train.run)));
}

int train(const Arguments& arguments, Console& console) {
  Experiment experiment = read_experiment(arguments);
  experiment.data.path =
      std::filesystem::absolute(locate(experiment.data.source, experiment.data.path)).string();
  const Images images = experiment::load_images(experiment);

  const auto threads = threads_now();
  Model model(experiment::build_network(experiment, images.train.classes()),
              experiment::model_options(experiment, images.train));
  if (arguments.flag("--pin")) pin_threads_since(threads);
  experiment.train.threads = model.options().threads;
  experiment.train.shards = model.options().shards;
  print_beginning(console, experiment, images, model);

  TrainingProgress progress(console, static_cast<int>(experiment.train.epochs));
  FitOptions fit = experiment::fit_options(experiment, images);
  fit.run = experiment.train.run;
  fit.resume = arguments.flag("--resume");
  fit.callbacks = progress.callbacks();
  fit.stop = &stop_on_interrupt();
  std::filesystem::create_directories(fit.run);
  experiment::save(experiment, fit.run / record);
  const History history = model.fit(images.train, fit);

  std::optional<Metrics> test;
  if (!history.interrupted && !images.test.empty()) test = model.evaluate(images.test);
  print_end(console, experiment, history, test);
  if (console.json()) Console::document(to_json(experiment, history, test).dump(2));
  return static_cast<int>(history.interrupted ? ExitCode::interrupted : ExitCode::done);
}

}  // namespace

Command train_command() {
  return {
      .name = "train",
      .summary = "train one model",
      .positionals = {{"EXPERIMENT.toml", "the experiment; without one, the defaults", false},
                      {"key=value", "sets any key of it: train.epochs=5 regularize.l2=1e-3", false,
                       true}},
      .options = {{"--resume", "RUN", "go on with an interrupted run, bit for bit"},
                  {"--pin", "", "keep each thread of the engine on a core of its own"}},
      .details =
          "Examples:\n"
          "  ridgeline train experiment.toml\n"
          "  ridgeline train data.source=cifar10 model.preset=vgg-small regularize.l2=1e-3\n"
          "  ridgeline train experiment.toml optimizer.kind=sgd optimizer.momentum=0.9 \\\n"
          "      optimizer.learning_rate='{ kind = \"cosine\", from = 0.05, warmup = 1 }'\n"
          "  ridgeline train --resume runs/fashion-mnist-article-cnn-20250101-120000\n"
          "\nCtrl-C saves a checkpoint and ends with code 130; a second one ends at once.\n",
      .lists_keys = true,
      .run = train,
  };
}

}  // namespace ridgeline::cli
