#include "cli/selection_report.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/lambda_words.hpp"
#include "cli/nested.hpp"
#include "cli/results.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "experiment/codec.hpp"
#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "select/assignment.hpp"
#include "select/curve.hpp"
#include "select/edge.hpp"
#include "select/methods/method.hpp"
#include "tensor/shell_word.hpp"

namespace ridgeline::cli {
namespace {

using experiment::Experiment;
using std::filesystem::path;

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

/// The penalty of the refit as code for other libraries.
auto words_of(Experiment experiment, const Selection& selection) {
  if (selection.chosen.empty()) return decltype(lambda_words(experiment)){};
  const SearchSpace over = experiment.select.over;
  for (const auto& [key, value] : selection.applied) {
    set_searched(experiment, key, over.at(key), value);
  }
  return lambda_words(experiment);
}

nlohmann::ordered_json curve_json(const ModelCurve& curve) {
  return {{"values", curve.values},         {"best_score", finite(curve.best_score)},
          {"above_best", curve.above_best}, {"deviation", curve.deviation},
          {"exponent", curve.exponent},     {"exponent_deviation", curve.exponent_deviation}};
}

}  // namespace

nlohmann::ordered_json to_json(const Experiment& experiment, const Selection& selection) {
  nlohmann::ordered_json trials = nlohmann::ordered_json::array();
  for (const Trial& t : selection.trials) {
    trials.push_back({{"parameters", parameters_json(t.parameters, experiment.select.over)},
                      {"score", finite(t.score)},
                      {"standard_error", finite(t.standard_error)},
                      {"status", t.status},
                      {"epochs", t.epochs},
                      {"train", cli::to_json(t.train)},
                      {"validation", cli::to_json(t.validation)}});
  }
  nlohmann::ordered_json tied, refit, next, curve;
  const std::string command = next_command(experiment, selection);
  if (!command.empty()) next = command;
  if (selection.tied) tied = {selection.tied->first, selection.tied->second};
  if (selection.curve) curve = curve_json(*selection.curve);
  if (selection.refit) refit = (path(experiment.select.study) / "refit").string();
  auto elsewhere = nlohmann::ordered_json::object();
  for (const auto& [library, code] : words_of(experiment, selection)) elsewhere[library] = code;
  return {{"study", experiment.select.study},
          {"chosen", parameters_json(selection.applied, experiment.select.over)},
          {"metric", experiment.select.metric},
          {"rule", selection.rule},
          {"tied", tied},
          {"at_edge", edges_json(selection)},
          {"try_next", next},
          {"trials", trials},
          {"refit", refit},
          {"test", cli::to_json(selection.test)},
          {"test_looks", selection.test_looks},
          {"nested", nested_json(selection.nested, experiment.select.over)},
          {"curve", curve},
          {"decisions", decisions_json(selection.decisions)},
          {"elsewhere", elsewhere},
          {"cost",
           {{"trainings", selection.trainings},
            {"seconds", selection.seconds},
            {"whole_trainings", selection.whole_trainings},
            {"grid_trainings", selection.grid.whole_trainings}}},
          {"interrupted", selection.interrupted}};
}

namespace {

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

// "accuracy 0.7091 ± 0.0089": with the interval that has the true value with 95 % probability.
std::string with_interval(std::string_view name, double value, double error) {
  constexpr double normal_95 = 1.96;
  return fmt::format("{} {}", name, with_error(value, normal_95 * error));
}

void print_test(Console& console, const Metrics& test) {
  std::string text = with_interval("data loss", test.data_loss, test.data_loss_error);
  if (!test.values.empty() && test.values[0].standard_error > 0) {
    const MetricValue& metric = test.values[0];
    text += ", " + with_interval(metric.name, metric.value, metric.standard_error);
  }
  console.print("On the test set, with 95 % intervals: {}\n", text);
}

void print_cost(Console& console, const Experiment& experiment, const Selection& selection) {
  const double cost = selection.whole_trainings;
  std::string text = fmt::format("{} in {}", counted(selection.trainings, "training"),
                                 duration(selection.seconds));
  if (cost > 0) text += fmt::format(", as much work as {:.1f} trainings on all images", cost);
  console.print("Cost: {}\n", text);
  if (cost == 0 || selection::is_exhaustive(experiment.select.method)) return;
  const GridCost& grid = selection.grid;
  if (grid.whole_trainings == 0) return;
  // With outer folds the seconds are those of several selections.
  const std::string seconds =
      selection.nested
          ? std::string()
          : fmt::format(", about {}", duration(selection.seconds * grid.whole_trainings / cost));
  console.print("A grid of {:.0f} candidates on {}: as much as {:.0f} trainings{}\n",
                grid.candidates, grid.folds == 1 ? "a hold-out" : counted(grid.folds, "fold"),
                grid.whole_trainings, seconds);
}

void print_choice(Console& console, const Selection& selection, const SearchSpace& over) {
  console.print("\nChosen by {}: {}\n", selection.rule,
                console.bold(selection::text(selection.chosen, over)));
  if (selection.applied != selection.chosen) {
    console.print("For the refit this is {}\n", selection::text(selection.applied, over));
  }
  if (selection.tied && selection.tied->first != selection.tied->second) {
    console.print("Within one standard error of the best score: {:g} to {:g}\n",
                  selection.tied->first, selection.tied->second);
  }
}

}  // namespace

void print_end(Console& console, const Experiment& experiment, const Selection& selection,
               std::size_t classes) {
  const std::string& study = experiment.select.study;
  if (selection.interrupted) {
    console.print("\nStopped; continue with: {}\n", command("ridgeline select --resume", study));
    return;
  }
  const std::string& metric = experiment.select.metric;
  console.print("\n{}", selection::draw_curve(selection, metric,
                                              {.width = std::min(console.width() - 1, 100),
                                               .utf8 = console.page().utf8}));
  if (selection.nested) print_nested(console, metric, *selection.nested, experiment.select.over);
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
  print_choice(console, selection, experiment.select.over);
  print_edges(console, experiment, selection);
  console.print("\nTrained on all training images with it:\n{}\n",
                metrics_table({{"train", selection.refit->best().train}, {"test", selection.test}},
                              classes, console.page()));
  if (selection.test) print_test(console, *selection.test);
  print_test_looks(console, selection.test_looks);
  print_cost(console, experiment, selection);
  const auto words = words_of(experiment, selection);
  if (!words.empty()) console.print("\nThe same penalty elsewhere:\n");
  for (const auto& [library, code] : words) console.print("  {:<8} {}\n", library, unbroken(code));
  console.print("\n{}\n",
                console.dim(fmt::format(
                    "Everything is in {}\n{}", study,
                    command("ridgeline predict", (path(study) / "refit").string(), "IMAGE..."))));
}

}  // namespace ridgeline::cli
