#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/select_progress.hpp"
#include "cli/selection_report.hpp"
#include "cli/setup.hpp"
#include "cli/study_text.hpp"
#include "cli/table.hpp"
#include "experiment/build.hpp"
#include "experiment/codec.hpp"
#include "experiment/file.hpp"
#include "experiment/selection.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using experiment::Images;
using std::filesystem::path;

/// A new study, or the one in the folder that select.study names.
Experiment begin(const ExperimentWords& words) {
  Experiment experiment =
      experiment::read(words.file, words.overrides, experiment::Command::select);
  if (const std::string& study = experiment.select.study; holds_run(study)) {
    throw UsageError(fmt::format(
        "{} holds a run: name another folder with select.study=..., or continue the run: {}", study,
        command("ridgeline train --resume", study)));
  }
  return experiment;
}

/// The study in `folder`, which may have moved since it was begun.
Experiment resume(const path& folder, const ExperimentWords& words) {
  if (const path whole = whole_study(folder); whole != folder) {
    throw UsageError(fmt::format("{} is an outer fold of a study: {} continues it", folder.string(),
                                 command("ridgeline select --resume", whole.string())));
  }
  Experiment experiment = read_record(folder, words, {experiment::Command::select, "select.study"});
  if (!holds_study(folder)) {
    throw UsageError(fmt::format(
        "{} holds no study.sqlite, so it is not a study: if it is a run, {} continues it",
        folder.string(), command("ridgeline train --resume", folder.string())));
  }
  experiment.select.study = folder.string();
  return experiment;
}

/// With folds, data.validation is not used, so it must not hold images out.
Images load_all(Experiment& experiment) {
  auto validation = experiment.data.validation;
  if (!experiment.select.holds_out()) experiment.data.validation = 0.0;
  Images images = load_images(experiment);
  experiment.data.validation = std::move(validation);
  return images;
}

std::string validation_text(const Experiment& experiment, const SelectOptions& options) {
  const auto& section = experiment.select;
  if (!section.fold_file.empty()) return fmt::format(" in the folds of {}", section.fold_file);
  if (section.split == "leave-groups-out") {
    return fmt::format(" in folds that leave out {}", counted(section.leave_groups, "group"));
  }
  const std::string repeats =
      section.repeats > 1 ? fmt::format(", {} times", section.repeats) : std::string();
  if (section.holds_out()) {
    return fmt::format(" ({:.3g} % of them held out{})", 100 * options.holdout, repeats);
  }
  return fmt::format(" in {} folds{}", section.folds, repeats);
}

/// Throws DivergedError if all trials diverged.
void require_one_done(const Selection& selection) {
  const auto diverged = [](const Trial& trial) { return trial.status == "diverged"; };
  if (selection.interrupted || !std::ranges::all_of(selection.trials, diverged)) return;
  throw DivergedError(
      "every trial diverged: try a lower optimizer.learning_rate (select.over can choose it), or "
      "optimizer.clip_norm = 1");
}

int select(const Arguments& arguments, Console& console) {
  if (const auto study = arguments.option("--status")) {
    if (!arguments.positionals().empty()) {
      throw UsageError("--status only reads the study: leave all other words out");
    }
    print_status(console, selection::report_of(*study));
    return static_cast<int>(ExitCode::done);
  }
  const ExperimentWords words = experiment_words(arguments);
  const auto resumed = arguments.option("--resume"), joined = arguments.option("--join");
  if (resumed && joined) {
    throw UsageError("--resume and --join are two ways to continue a study: give one of them");
  }
  Experiment experiment = resumed  ? resume(*resumed, words)
                          : joined ? resume(*joined, words)
                                   : begin(words);
  experiment.select.join = joined.has_value();
  const SelectOptions options = experiment::select_options(experiment);
  const Images images = load_all(experiment);
  settle_weights(experiment, images, console);
  console.print("{}{} a training, scored by {}\n\n",
                describe(experiment, images, validation_text(experiment, options)),
                counted(experiment.train.epochs, "epoch"), experiment.select.metric);

  SelectionProgress progress(console, experiment.select);
  const interop::NewFolder folder = experiment::new_folder(experiment.select.study);
  experiment.select.study = folder.path().string();
  experiment::Listener listener = progress.listener();
  listener.on_note = [&](const std::string& sentence) { console.note(sentence); };
  const Selection selection = experiment::select(experiment, images, listener, stop_on_interrupt());
  print_end(console, experiment, selection, images.train.names().size());
  if (console.json()) Console::result(to_json(experiment, selection));
  require_one_done(selection);
  return static_cast<int>(selection.interrupted ? ExitCode::interrupted : ExitCode::done);
}

}  // namespace

Command select_command() {
  return {
      .name = "select",
      .summary = "choose λ, or any other number, by cross-validation, refit and test",
      .positionals = experiment_positionals(),
      .options = {{"--resume", "STUDY", "continue a study: finished trainings are not repeated"},
                  {"--join", "STUDY", "the same, and share its work with other processes"},
                  {"--status", "STUDY", "how far a selection is, also while it runs; only reads"}},
      .details =
          "Trains candidates, such as several λ, on a part of the training images, and scores each "
          "by select.metric on the other images. select.rule chooses by these scores. The refit "
          "trains once more, on all training images, with the choice. It is measured on the test "
          "set, once.\n\n"
          "By default λ (regularize.l2) is chosen between 1e-6 and 1e-1 by a race. It trains a few "
          "values on a small share of the images, then a few on all images, where a model of the "
          "curve expects the best one. So λ costs a few trainings. select.method=grid trains each "
          "of select.trials candidates on each of select.folds folds. docs/choosing-lambda.md "
          "describes all methods.\n\n"
          "select.over names what is searched. λ = 0 is always a candidate. The keys of [select] "
          "are explained below.\n\n"
          "Everything is kept in the folder select.study: 'ridgeline study show' shows it. A "
          "selection that was stopped, however it ended, continues with --resume and gives the "
          "same numbers.\n\n"
          "Nothing is chosen, with code 0 and chosen null in --json, if no candidate beats the "
          "best answer that ignores the image by three standard errors (docs/study.md).\n\n"
          "Examples:\n"
          "  ridgeline select data.source=cifar10\n"
          "  ridgeline select data.source=cifar10 select.method=grid select.trials=9 "
          "select.folds=3\n"
          "  ridgeline select data.source=cifar10 select.folds=1 select.metric=val_accuracy\n"
          "      (one hold-out set, of the size data.validation)\n"
          "  ridgeline select data.path=pets.csv data.source=table data.groups=owner\n"
          "  ridgeline select experiment.toml select.folds=5 select.repeats=3\n"
          "  ridgeline select experiment.toml select.fold_file=folds.csv\n"
          "      (your own folds)\n"
          "  ridgeline select experiment.toml select.outer_folds=5\n"
          "      (nested cross-validation: measures the whole selection, too)\n"
          "  ridgeline select experiment.toml \\\n"
          "      select.over='{ \"optimizer.learning_rate\" = { min = 1e-4, max = 1e-2 } }'\n"
          "  ridgeline select experiment.toml \\\n"
          "      select.over='{ \"optimizer.kind\" = [\"sgd\", \"adam\"], \"regularize.l2\" = "
          "[1e-4, 1e-3] }'\n"
          "  ridgeline select --status studies/cifar10-20250101-120000\n"
          "  ridgeline select --resume studies/cifar10-20250101-120000\n"
          "  ridgeline select --resume studies/cifar10-20250101-120000 select.metric=val_accuracy\n"
          "      (chooses again, by another score or rule; finished trainings are not repeated)\n"
          "  ridgeline select --join studies/cifar10-20250101-120000 train.threads=8\n"
          "      (a second process on the same machine; docs/study.md)\n"
          "\nCtrl-C saves everything and ends with code 130; a second one ends at once.\n",
      .lists_keys = true,
      .run = select,
  };
}

}  // namespace ridgeline::cli
