#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/nested.hpp"
#include "cli/results.hpp"
#include "cli/select_progress.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "experiment/build.hpp"
#include "experiment/codec.hpp"
#include "experiment/file.hpp"
#include "experiment/selection.hpp"
#include "ridgeline/error.hpp"
#include "select/curve.hpp"
#include "select/edge.hpp"
#include "tensor/shell_word.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using experiment::Images;
using selection::draw_curve;
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

/// The command of a new study that searches beyond the edges; empty if no edge was reached.
std::string next_command(const Experiment& experiment, const Selection& selection) {
  SearchSpace over = experiment.select.over;
  bool any = false;
  for (const RangeEdge& edge : selection.at_edge) {
    if (!edge.next) continue;
    over[edge.key] = *edge.next;
    any = true;
  }
  if (!any) return {};
  const std::string& study = experiment.select.study;
  int number = 2;
  while (std::filesystem::exists(fmt::format("{}-{}", study, number))) ++number;
  return fmt::format("ridgeline select {} {} {}", shell_word((path(study) / record_name).string()),
                     shell_word(fmt::format("select.study={}-{}", study, number)),
                     shell_word(fmt::format("select.over={}", to_toml(experiment::encode(over)))));
}

nlohmann::ordered_json edges_json(const Selection& selection) {
  auto edges = nlohmann::ordered_json::array();
  for (const RangeEdge& edge : selection.at_edge) {
    nlohmann::ordered_json next;
    if (edge.next) {
      next = {{"min", edge.next->min},
              {"max", edge.next->max},
              {"scale", edge.next->log ? "log" : "linear"}};
    }
    edges.push_back(
        {{"parameter", edge.key}, {"edge", edge.upper ? "upper" : "lower"}, {"next", next}});
  }
  return edges;
}

nlohmann::ordered_json to_json(const Experiment& experiment, const Selection& selection) {
  nlohmann::ordered_json trials = nlohmann::ordered_json::array();
  for (const Trial& t : selection.trials) {
    trials.push_back({{"parameters", t.parameters},
                      {"score", finite(t.score)},
                      {"standard_error", finite(t.standard_error)},
                      {"status", t.status},
                      {"epochs", t.epochs},
                      {"train", cli::to_json(t.train)},
                      {"validation", cli::to_json(t.validation)}});
  }
  nlohmann::ordered_json chosen, tied, refit, next;
  const std::string command = next_command(experiment, selection);
  if (!command.empty()) next = command;
  if (!selection.chosen.empty()) chosen = selection.chosen;
  if (selection.tied) tied = {selection.tied->first, selection.tied->second};
  if (selection.refit) refit = (path(experiment.select.study) / "refit").string();
  return {{"study", experiment.select.study},
          {"chosen", chosen},
          {"metric", experiment.select.metric},
          {"rule", selection.rule},
          {"tied", tied},
          {"at_edge", edges_json(selection)},
          {"try_next", next},
          {"trials", trials},
          {"refit", refit},
          {"test", cli::to_json(selection.test)},
          {"test_looks", selection.test_looks},
          {"nested", nested_json(selection.nested)},
          {"cost", {{"trainings", selection.trainings}, {"seconds", selection.seconds}}},
          {"interrupted", selection.interrupted}};
}

void print_edges(Console& console, const Experiment& experiment, const Selection& selection) {
  for (const RangeEdge& edge : selection.at_edge) {
    const double chosen = selection.chosen.at(edge.key);
    const bool at_zero = chosen == 0 && edge.next;
    console.print("{} {:g} is at the {} edge of what was tried: the best may be {}.\n", edge.key,
                  chosen, edge.upper ? "upper" : "lower",
                  at_zero && edge.upper ? fmt::format("above {:g}", edge.next->min)
                  : at_zero             ? fmt::format("between 0 and {:g}", edge.next->max)
                  : edge.upper          ? "above it"
                                        : "below it");
  }
  if (selection::all_score_alike(selection)) {
    console.print("All candidates have the same score: the search made no difference here.\n");
  }
  const std::string next = next_command(experiment, selection);
  if (!next.empty()) console.print("To look there: {}\n", unbroken(next));
}

void print_end(Console& console, const Experiment& experiment, const Selection& selection,
               std::size_t classes) {
  const std::string& study = experiment.select.study;
  if (selection.interrupted) {
    console.print("\nStopped; continue with: {}\n", command("ridgeline select --resume", study));
    return;
  }
  const std::string& metric = experiment.select.metric;
  console.print("\n{}", draw_curve(selection, metric,
                                   {.width = std::min(console.width() - 1, 100),
                                    .utf8 = console.page().utf8}));
  if (selection.nested) print_nested(console, metric, *selection.nested);
  if (selection.chosen.empty()) {
    const bool done = std::ranges::count(selection.trials, "done", &Trial::status) > 0;
    const bool metric_known = selection.guess && !selection.guess->values.empty();
    console.print("\nNothing was chosen{}.\n",
                  done ? fmt::format(": no trial beats the best answer that ignores the image by "
                                     "three standard errors, neither in data loss nor in {}",
                                     metric_known ? selection.guess->values[0].name : "a metric")
                       : std::string());
    console.print("{}\n", console.dim(fmt::format("Everything is in {}", study)));
    return;
  }
  console.print("\nChosen by {}: {}\n", selection.rule, console.bold(text(selection.chosen)));
  if (selection.tied && selection.tied->first != selection.tied->second) {
    console.print("Within one standard error of the best score: {:g} to {:g}\n",
                  selection.tied->first, selection.tied->second);
  }
  print_edges(console, experiment, selection);
  console.print("\nTrained on all training images with it:\n{}\n",
                metrics_table({{"train", selection.refit->best().train}, {"test", selection.test}},
                              classes, console.page()));
  print_test_looks(console, selection.test_looks);
  const std::string end =
      fmt::format("{} trainings in {}; everything is in {}\n{}", selection.trainings,
                  duration(selection.seconds), study,
                  command("ridgeline predict", (path(study) / "refit").string(), "IMAGE..."));
  console.print("{}\n", console.dim(end));
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
  const ExperimentWords words = experiment_words(arguments);
  const auto study = arguments.option("--resume");
  Experiment experiment = study ? resume(*study, words) : begin(words);
  const SelectOptions options = experiment::select_options(experiment);
  const Images images = load_all(experiment);
  settle_weights(experiment, images, console);
  console.print("{}{} a training, scored by {}\n\n",
                describe(experiment, images, validation_text(experiment, options)),
                counted(experiment.train.epochs, "epoch"), experiment.select.metric);

  SelectionProgress progress(console,
                             {experiment.select.over,
                              experiment.select.metric,
                              {.utf8 = console.page().utf8, .width = console.page().width}},
                             experiment.select.jobs);
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
      .options = {{"--resume", "STUDY", "continue a study: finished folds are not repeated"}},
      .details =
          "Trains every candidate on every fold and scores it by select.metric on the "
          "held-out\nimages. select.rule chooses. The refit trains on all training images with the "
          "choice\nand evaluates the test set once. λ = 0 is always among the candidates.\n"
          "Nothing is chosen, with code 0 and chosen null in --json, if no candidate beats "
          "the\nbest answer that ignores the image by three standard errors (docs/study.md).\n\n"
          "Examples:\n"
          "  ridgeline select data.source=cifar10 train.epochs=10 select.trials=9\n"
          "  ridgeline select data.source=cifar10 select.folds=1 select.metric=val_accuracy\n"
          "  ridgeline select data.path=pets.csv data.source=table data.groups=owner\n"
          "  ridgeline select experiment.toml select.folds=5 select.repeats=3\n"
          "  ridgeline select experiment.toml select.fold_file=folds.csv    (your own folds)\n"
          "  ridgeline select experiment.toml select.outer_folds=5\n"
          "      (nested cross-validation: measures the whole selection, too)\n"
          "  ridgeline select experiment.toml \\\n"
          "      select.over='{ \"optimizer.learning_rate\" = { min = 1e-4, max = 1e-2 } }'\n"
          "  ridgeline select --resume studies/cifar10-20250101-120000\n"
          "  ridgeline select --resume studies/cifar10-20250101-120000 select.metric=val_accuracy\n"
          "      (chooses again from the finished trainings, by another score or rule)\n"
          "\nCtrl-C saves everything and ends with code 130; a second one ends at once.\n",
      .lists_keys = true,
      .run = select,
  };
}

}  // namespace ridgeline::cli
