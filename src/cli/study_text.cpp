#include "cli/study_text.hpp"

#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/results.hpp"
#include "cli/table.hpp"
#include "select/assignment.hpp"
#include "select/share_text.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using selection::RunningTraining;
using selection::StudyReport;

constexpr double percent = 100;

ordered_json time_json(const std::string& time) {
  return time.empty() ? ordered_json() : ordered_json(time);
}

ordered_json to_json(const RunningTraining& training) {
  const bool refit = training.id.fold == 0;
  return {{"trial", training.id.trial},
          {"fold", refit ? ordered_json() : ordered_json(training.id.fold)},
          {"share", training.id.share},
          {"epoch", training.epoch},
          {"epochs", training.epochs > 0 ? ordered_json(training.epochs) : ordered_json()},
          {"process", training.process},
          {"since", training.since}};
}

ordered_json best_json(const StudyReport& report) {
  const Trial* best = report.best();
  if (!best) return nullptr;
  return {{"trial", best->number},
          {"parameters", parameters_json(best->parameters, report.over)},
          {"score", finite(best->score)},
          {"standard_error", finite(best->standard_error)}};
}

}  // namespace

std::string state_text(const StudyReport& report) {
  if (report.processes.empty()) return report.state;
  return fmt::format("{} ({} {})", report.state,
                     report.processes.size() == 1 ? "process" : "processes",
                     fmt::join(report.processes, ", "));
}

std::string score_text(const Trial& trial) {
  return std::isfinite(trial.standard_error) ? with_error(trial.score, trial.standard_error)
                                             : number(trial.score);
}

std::string choice_text(const StudyReport& report, const Trial& trial) {
  return fmt::format("{}, {} {}", selection::text(trial.parameters, report.over),
                     report.setting("select.metric"), score_text(trial));
}

std::string running_text(const StudyReport& report) {
  std::string lines;
  for (const RunningTraining& training : report.running) {
    const auto& [trial, fold, share] = training.id;
    std::string what = fold == 0 ? fmt::format("refit of trial {}", trial)
                                 : fmt::format("trial {}, fold {}", trial, fold);
    if (share < 1) what += ", " + selection::images_text(share);
    const std::string of = training.epochs > 0 ? fmt::format(" of {}", training.epochs) : "";
    lines += fmt::format("  {}: {}{} done (process {}, since {})\n", what,
                         counted(training.epoch, "epoch"), of, training.process, training.since);
  }
  return lines;
}

std::string done_text(const StudyReport& report) {
  const std::string done = fmt::format("{:.0f} % done", std::floor(percent * report.done));
  if (!report.seconds_left) return done;
  return fmt::format("{}, about {} left", done, duration(*report.seconds_left));
}

ordered_json status_json(const StudyReport& report) {
  auto running = ordered_json::array();
  for (const RunningTraining& training : report.running) running.push_back(to_json(training));
  ordered_json left, chosen;
  if (report.seconds_left) left = *report.seconds_left;
  if (report.chosen()) chosen = parameters_json(report.chosen()->parameters, report.over);
  return {{"study", report.folder.string()},
          {"state", report.state},
          {"begun", time_json(report.begun)},
          {"changed", time_json(report.changed)},
          {"ended", time_json(report.ended)},
          {"processes", report.processes},
          {"done", report.done},
          {"seconds_left", left},
          {"running", running},
          {"best", best_json(report)},
          {"chosen", chosen}};
}

ordered_json report_json(const StudyReport& report) {
  ordered_json json = status_json(report);
  json["metric"] = report.setting("select.metric");
  json["rule"] = report.rule.empty() ? report.setting("select.rule") : report.rule;
  json["tied"] = nullptr;
  if (report.tied) json["tied"] = {report.tied->first, report.tied->second};
  json["trials"] = ordered_json::array();
  for (const Trial& t : report.trials) {
    json["trials"].push_back({{"trial", t.number},
                              {"parameters", parameters_json(t.parameters, report.over)},
                              {"score", finite(t.score)},
                              {"standard_error", finite(t.standard_error)},
                              {"share", t.share > 0 ? ordered_json(t.share) : ordered_json()},
                              {"epochs", t.epochs},
                              {"status", t.status}});
  }
  json["decisions"] = decisions_json(report.decisions);
  json["refit"] = nullptr;
  if (report.refit) json["refit"] = (report.folder / "refit").string();
  json["test"] = cli::to_json(report.refit ? report.refit->test : std::nullopt);
  json["cost"] = {{"trainings", report.trainings}, {"seconds", report.seconds}};
  json["settings"] = ordered_json::object();
  for (const auto& [name, value] : report.settings) json["settings"][name] = value;
  return json;
}

void print_status(Console& console, const StudyReport& report) {
  if (console.json()) return Console::result(status_json(report));
  console.print("{}: {}, {}\n", report.folder.string(), state_text(report), done_text(report));
  console.write(running_text(report));
  if (report.chosen()) {
    console.print("chosen: {}\n", choice_text(report, *report.chosen()));
  } else if (report.best()) {
    console.print("best so far: {}\n", choice_text(report, *report.best()));
  }
}

}  // namespace ridgeline::cli
