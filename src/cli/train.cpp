#include "experiment/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/pin.hpp"
#include "cli/progress.hpp"
#include "cli/results.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "cli/verdicts.hpp"
#include "experiment/file.hpp"
#include "experiment/rules.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using std::filesystem::path;

void refuse_taken(const path& folder) {
  if (holds_run(folder)) {
    throw UsageError(
        fmt::format("{} holds a run already: name another folder with train.run=..., or "
                    "continue it: {}",
                    folder.string(), command("ridgeline train --resume", folder.string())));
  }
  if (holds_study(folder)) {
    throw UsageError(fmt::format(
        "{} holds a study: name another folder with train.run=..., or continue the study: {}",
        folder.string(), command("ridgeline select --resume", folder.string())));
  }
}

/// A new run, in a folder without a run.
Experiment begin(const ExperimentWords& words) {
  Experiment experiment = experiment::read(words.file, words.overrides, experiment::Command::train);
  refuse_taken(experiment.train.run);
  return experiment;
}

/// The run in `folder`, which may have moved since it was begun.
Experiment resume(const path& folder, const ExperimentWords& words) {
  Experiment experiment = read_record(folder, words, {experiment::Command::train, "train.run"});
  if (holds_study(folder)) {
    throw UsageError(fmt::format("{} is a study, not a run: {} continues it", folder.string(),
                                 command("ridgeline select --resume", folder.string())));
  }
  const path above = (folder / "../../..").lexically_normal();
  const path study = above.has_filename() ? above : above.parent_path();
  const path outer = (path(folder / "..").lexically_normal() / ".").parent_path();
  const bool is_fold = folder.filename().string().starts_with("fold-") && holds_study(study);
  // Only the study knows its training images.
  if (is_fold || whole_study(outer) != outer) {
    throw UsageError(fmt::format(
        "{} is a fold of a study: {} continues it", folder.string(),
        command("ridgeline select --resume", whole_study(is_fold ? study : outer).string())));
  }
  experiment.train.run = folder.string();
  return experiment;
}

std::string validation_text(const Experiment& experiment, const experiment::Images& images) {
  const auto* share = std::get_if<double>(&experiment.data.validation);
  if (!share) {
    const auto size = static_cast<std::int64_t>(images.validation.size());
    return fmt::format(", {} for validation", count(size));
  }
  return *share > 0 ? fmt::format(" ({:.3g} % of them for validation)", 100 * *share) : "";
}

/// The result of the training.
struct Trained {
  const Model& model;
  const std::optional<Metrics>& test;
};

nlohmann::ordered_json to_json(const Experiment& experiment, const History& history,
                               const Trained& trained) {
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
      {"test", cli::to_json(trained.test)},
      {"stopped_early", history.stopped_early},
      {"interrupted", history.interrupted},
      {"zeros", zeros_json(trained.model)},
      {"diagnosis", cli::to_json(history.verdicts)}};
}

void print_end(Console& console, const Experiment& experiment, const History& history,
               const Trained& trained) {
  if (history.interrupted) {
    console.print("\nStopped after {} of {}; continue with: {}\n", history.epochs.size(),
                  counted(experiment.train.epochs, "epoch"),
                  command("ridgeline train --resume", experiment.train.run));
    return;
  }
  console.print(
      "\nEpoch {}{}{}:\n{}", history.best_epoch,
      history.best().validation ? fmt::format(", the best in {}", experiment.train.monitor) : "",
      history.stopped_early ? fmt::format(" (stopped after {})", history.epochs.size()) : "",
      metrics_table({{"train", history.best().train},
                     {"validation", history.best().validation},
                     {"test", trained.test}},
                    trained.model.options().class_names.size(), console.page()));
  console.write(zeros_text(trained.model));
  if (!history.verdicts.empty()) console.print("\n{}", verdicts_text(history.verdicts, console));
  const std::string& run = experiment.train.run;
  const std::string next = fmt::format("{}\n{}\n{}", command("ridgeline evaluate", run),
                                       command("ridgeline diagnose", run),
                                       command("ridgeline predict", run, "IMAGE..."));
  console.print("\n{}\n", console.dim(next));
}

int train(const Arguments& arguments, Console& console) {
  const ExperimentWords words = experiment_words(arguments);
  const auto run = arguments.option("--resume");
  Experiment experiment = run ? resume(*run, words) : begin(words);
  const experiment::Images images = load_images(experiment);
  for (const std::string& sentence : images.notes) console.note(sentence);
  settle_weights(experiment, images, console);

  const auto threads = threads_now();
  Model model(experiment::build_network(experiment, images.train.schema()),
              experiment::model_options(experiment, images.train));
  if (!run) {
    experiment::check_rules(experiment, model.options().regularize, model.layout().parameters, {});
  }
  if (arguments.flag("--pin")) pin_threads_since(threads);
  take_resolved(experiment, model);
  console.print("{}\n{}\n", describe(experiment, images, validation_text(experiment, images)),
                model_table(model, console.page()));
  const Regularize strongest = model.options().regularize.strongest();
  const bool decays = strongest.decay.value > 0 || strongest.independent_decay.value > 0 ||
                      std::ranges::any_of(strongest.rules, [](const PenaltyRule& rule) {
                        return rule.decay || rule.independent_decay;
                      });
  if (experiment.optimizer.kind == "adamw" && !decays) {
    console.note("adamw without regularize.decay is adam: set regularize.decay, such as 0.01");
  }

  FitOptions options = experiment::fit_options(experiment, images);
  TrainingProgress progress(console, options.validation > 0 || !options.validation_data.empty());
  options.resume = run.has_value();
  options.callbacks = progress.callbacks(options.epochs);
  const auto note = [&](const std::string& sentence) { console.note(sentence); };
  options.callbacks.on_note = note;
  options.stop = &stop_on_interrupt();
  const History history = experiment::train(model, images.train, options, experiment, refuse_taken);

  if (!progress.begun() && !history.interrupted) {
    console.print("This run is finished, after {}: train.epochs=N with a larger N continues it.\n",
                  counted(static_cast<std::int64_t>(history.epochs.size()), "epoch"));
  }

  std::optional<Metrics> test;
  if (!history.interrupted && images.test.has_targets()) {
    test = model.evaluate(images.test, {.metrics = experiment.train.metrics,
                                        .on_error = experiment.data.on_error,
                                        .on_note = note});
  }
  print_end(console, experiment, history, {model, test});
  if (console.json()) Console::result(to_json(experiment, history, {model, test}));
  return static_cast<int>(history.interrupted ? ExitCode::interrupted : ExitCode::done);
}

}  // namespace

Command train_command() {
  return {
      .name = "train",
      .summary = "train one model",
      .positionals = experiment_positionals(),
      .options = {{"--resume", "RUN", "continue an interrupted run, bit for bit"},
                  {"--pin", "", "keep each thread of the engine on its own core"}},
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
