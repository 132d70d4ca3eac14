#include "select/study_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <system_error>

#include "ridgeline/error.hpp"
#include "select/rows.hpp"
#include "select/study_file.hpp"
#include "select/workers.hpp"
#include "train/monitor.hpp"

namespace ridgeline::selection {
namespace {

using std::filesystem::path;

// Trials are in the order of their numbers.
auto* find_trial(auto& trials, std::int64_t number) {
  const auto found = std::ranges::lower_bound(trials, number, {}, &Trial::number);
  return found != trials.end() && found->number == number ? &*found : nullptr;
}

class Reading {
 public:
  explicit Reading(const path& folder) : database_(read_study(folder)) {
    report_.folder = folder;
    // One moment for all queries.
    database_.run("BEGIN");
    read_state();
    read_settings();
    read_trials();
    read_work();
    read_end();
    database_.run("COMMIT");
  }

  StudyReport report() {
    settle();
    return std::move(report_);
  }

 private:
  void read_state();
  void read_settings();
  void read_trials();
  void read_work();
  void read_end();
  void settle();
  bool higher_is_better();
  Trial* trial(std::int64_t number) { return find_trial(report_.trials, number); }

  Database database_;
  StudyReport report_;
};

void Reading::read_state() {
  Statement row = database_.prepare(
      "SELECT begun, changed, ended, done, rule, tied_low, tied_high FROM summary");
  if (!row.next()) return;
  report_.begun = row.text(0);
  report_.changed = row.text(1);
  report_.ended = row.text(2);
  report_.done = row.real(3);
  if (report_.ended.empty()) return;
  report_.rule = row.text(4);
  if (!row.null(5)) report_.tied = {row.real(5), row.real(6)};
}

void Reading::read_settings() {
  Statement row = database_.prepare("SELECT name, value FROM settings");
  while (row.next()) report_.settings.emplace_back(row.text(0), row.text(1));
}

void Reading::read_trials() {
  Statement row =
      database_.prepare("SELECT trial, status, score, standard_error, epochs, chosen FROM trials");
  while (row.next()) {
    report_.trials.push_back({.number = static_cast<int>(row.integer(0)),
                              .score = row.real(2),
                              .standard_error = row.real(3),
                              .status = row.text(1),
                              .epochs = static_cast<int>(row.integer(4)),
                              .share = 0});
    if (row.integer(5) != 0) report_.chosen_number = report_.trials.back().number;
  }
  Statement label = database_.prepare("SELECT name, label FROM label ORDER BY name, value");
  while (label.next()) report_.over[label.text(0)].names.push_back(label.text(1));
  Statement value = database_.prepare("SELECT trial, name, value FROM parameter");
  while (value.next()) {
    if (Trial* t = trial(value.integer(0))) t->parameters[value.text(1)] = value.real(2);
  }
  Statement share = database_.prepare("SELECT trial, max(share) FROM folds GROUP BY trial");
  while (share.next()) {
    if (Trial* t = trial(share.integer(0))) t->share = share.real(1);
  }
  Statement decision = database_.prepare("SELECT trial, reason FROM decisions");
  while (decision.next()) {
    report_.decisions.push_back({static_cast<int>(decision.integer(0)), decision.text(1)});
  }
}

void Reading::read_work() {
  for (const WorkerProcess& worker : workers_of(database_, report_.folder)) {
    report_.processes.push_back(worker.process);
  }
  Statement row =
      database_.prepare("SELECT trial, fold, share, process, epoch, epochs, since FROM running");
  while (row.next()) {
    RunningTraining running{
        .id = {static_cast<int>(row.integer(0)), static_cast<int>(row.integer(1)), row.real(2)},
        .process = static_cast<int>(row.integer(3)),
        .epoch = static_cast<int>(row.integer(4)),
        .epochs = static_cast<int>(row.integer(5)),
        .since = row.text(6)};
    const bool alive = std::ranges::count(report_.processes, running.process) > 0;
    if (alive) report_.running.push_back(std::move(running));
  }
  // The pace of the process that has worked for the longest time.
  Statement pace = database_.prepare(
      "SELECT first_time, first_done, changed, state.done, process FROM worker, state "
      "WHERE first_time IS NOT NULL ORDER BY first_time");
  while (!report_.seconds_left && pace.next()) {
    const bool alive = std::ranges::count(report_.processes, static_cast<int>(pace.integer(4))) > 0;
    const double seconds = pace.real(2) - pace.real(0), done = pace.real(3) - pace.real(1);
    if (!alive || !(done > 0) || !(seconds > 0)) continue;
    const double left = (1 - pace.real(3)) * seconds / done - (now() - pace.real(2));
    report_.seconds_left = std::max(left, 0.0);
  }
}

void Reading::read_end() {
  Statement cost = database_.prepare(
      "SELECT count(*), sum(seconds) FROM "
      "(SELECT seconds FROM folds UNION ALL SELECT seconds FROM refits)");
  if (cost.next() && cost.integer(0) > 0) {
    report_.trainings = static_cast<int>(cost.integer(0));
    report_.seconds = cost.real(1);
  }
  report_.refit = refit_of(database_, report_.chosen_number);
}

bool Reading::higher_is_better() {
  constexpr std::string_view prefix = "val_";
  const std::string metric = report_.setting("select.metric");
  const std::string name = metric.starts_with(prefix) ? metric.substr(prefix.size()) : metric;
  if (train::is_loss(name)) return false;
  Statement row =
      database_.prepare("SELECT higher_is_better FROM epoch_metric WHERE name = ? LIMIT 1");
  row.bind(name);
  return !row.next() || row.integer(0) != 0;
}

void Reading::settle() {
  const bool runs = !report_.processes.empty();
  report_.state = runs                         ? "running"
                  : report_.ended.empty()      ? "stopped"
                  : report_.chosen_number != 0 ? "done"
                                               : "nothing chosen";
  const double sign = higher_is_better() ? -1 : 1;
  for (Trial& t : report_.trials) {
    if (!runs && t.status == "running") t.status = "stopped";
    if (t.status != "done" || !std::isfinite(t.score)) continue;
    const Trial* best = report_.best();
    if (!best || sign * t.score < sign * best->score) report_.best_number = t.number;
  }
}

}  // namespace

path study_folder(const path& named) {
  path folder = named.lexically_normal();
  if (!folder.has_filename() && folder.has_parent_path()) folder = folder.parent_path();
  std::error_code unknown;
  if (folder.filename() == study_file_name && std::filesystem::is_regular_file(folder, unknown)) {
    return folder.has_parent_path() ? folder.parent_path() : path(".");
  }
  if (!std::filesystem::exists(folder, unknown)) {
    throw DataError(
        fmt::format("{}: there is no such folder, where a study is expected", named.string()));
  }
  if (std::filesystem::exists(folder / study_file_name, unknown)) return folder;
  throw DataError(
      fmt::format("{} holds no {}, so it is not a study: ridgeline study list finds "
                  "the studies below a folder",
                  named.string(), study_file_name));
}

Database read_study(const path& folder) {
  const path file = folder / study_file_name;
  if (std::filesystem::is_regular_file(file) && !is_there(file)) {
    throw DataError(
        fmt::format("{}: the file is empty, where a study is expected: remove it", file.string()));
  }
  check_study(file);
  {
    Database database = Database::for_reading(file);
    check_sound(database, file);
  }
  return Database::for_reading(file);
}

std::vector<std::string> views_of(Database& database) {
  std::vector<std::string> views;
  Statement row =
      database.prepare("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY rowid");
  while (row.next()) views.push_back(row.text(0));
  return views;
}

std::string StudyReport::setting(const std::string& name) const {
  const auto found = std::ranges::find(settings, name, &Settings::value_type::first);
  return found == settings.end() ? std::string() : found->second;
}

const Trial* StudyReport::trial(int number) const {
  return find_trial(trials, number);
}

StudyReport report_of(const path& study) {
  return Reading(study_folder(study)).report();
}

}  // namespace ridgeline::selection
