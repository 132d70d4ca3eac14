#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "cli/study_text.hpp"
#include "cli/table.hpp"
#include "select/assignment.hpp"
#include "select/share_text.hpp"

namespace ridgeline::cli {
namespace {

using selection::StudyReport;

std::string trials_table(const StudyReport& report, const Page& page) {
  std::vector<std::vector<std::string>> rows{{"trial"}};
  if (report.trials.empty()) return "No trial has begun.\n";
  for (const auto& [key, value] : report.trials.front().parameters) rows[0].push_back(key);
  for (const char* title : {"score", "images", "epochs", "status"}) rows[0].emplace_back(title);
  for (const Trial& t : report.trials) {
    rows.push_back({fmt::format("{}", t.number)});
    for (const auto& [key, value] : t.parameters) {
      const auto named = report.over.find(key);
      rows.back().push_back(
          selection::value_text(named == report.over.end() ? Range() : named->second, value));
    }
    rows.back().push_back(score_text(t));
    rows.back().push_back(t.share > 0 ? selection::share_text(t.share) : "-");
    rows.back().push_back(t.epochs > 0 ? fmt::format("{}", t.epochs) : "-");
    rows.back().push_back(t.number == report.chosen_number ? t.status + ", chosen" : t.status);
  }
  return table(rows, page);
}

void print_head(Console& console, const StudyReport& report) {
  console.print("{}: {}, {}\n", report.folder.string(), console.bold(state_text(report)),
                done_text(report));
  console.print("begun {}, {} {}\n\n", report.begun, report.ended.empty() ? "changed" : "ended",
                report.ended.empty() ? report.changed : report.ended);
  for (const auto& [name, value] : report.settings) {
    constexpr std::string_view own = "select.";
    if (name.starts_with(own) && name != "select.over") console.print("{} = {}\n", name, value);
  }
  for (const char* name : {"data.source", "model.preset"}) {
    const std::string value = report.setting(name);
    if (!value.empty()) console.print("{} = {}\n", name, value);
  }
}

void print_end(Console& console, const StudyReport& report) {
  if (report.chosen()) {
    console.print("\nChosen by {}: {}\n",
                  report.rule.empty() ? report.setting("select.rule") : report.rule,
                  console.bold(choice_text(report, *report.chosen())));
  } else if (report.state == "nothing chosen") {
    console.print("\nNothing was chosen: no trial beats the best answer that ignores the image\n");
  } else if (report.best()) {
    console.print("\nBest so far: {}\n", choice_text(report, *report.best()));
  }
  if (report.tied && report.tied->first != report.tied->second) {
    console.print("Within one standard error of the best score: {:g} to {:g}\n", report.tied->first,
                  report.tied->second);
  }
  if (report.refit) {
    console.print("Trained on all training images with it: {} in {}\n",
                  counted(report.refit->epochs, "epoch"), duration(report.refit->seconds));
    if (report.refit->test) {
      console.write(metrics_table({{"test", report.refit->test}},
                                  std::numeric_limits<std::size_t>::max(), console.page()));
    }
  }
  console.print("\n{}\n",
                console.dim(fmt::format("{} of {} in all", counted(report.trainings, "training"),
                                        duration(report.seconds))));
}

int show(const Arguments& arguments, Console& console) {
  const StudyReport report = selection::report_of(arguments.positionals().front());
  if (console.json()) {
    Console::result(report_json(report));
    return static_cast<int>(ExitCode::done);
  }
  print_head(console, report);
  console.print("\n{}", trials_table(report, console.page()));
  if (!report.decisions.empty()) console.print("\nDecisions:\n");
  for (const Decision& decision : report.decisions) console.print("  {}\n", decision.reason);
  if (!report.running.empty()) console.print("\nRunning:\n{}", running_text(report));
  print_end(console, report);
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command study_show_command() {
  return {
      .name = "study show",
      .summary = "what a selection has, also while it runs",
      .positionals = {{"STUDY", "the folder of a study"}},
      .details =
          "Shows what is searched and how, every trial with its score, the decisions of the method "
          "with their reasons, what runs now, the choice, the refit with its test, and the cost. "
          "It only reads, and a selection in another process does not wait for it.\n\n"
          "Examples:\n"
          "  ridgeline study show studies/cifar10-20250101-120000\n"
          "  ridgeline select --status studies/cifar10-20250101-120000\n"
          "      (in short: how much is done, what runs, and the best score so far)\n",
      .run = show,
  };
}

}  // namespace ridgeline::cli
