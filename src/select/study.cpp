#include "select/study.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <system_error>
#include <thread>

#include "interop/folder.hpp"
#include "ridgeline/error.hpp"
#include "select/new_study.hpp"
#include "select/rows.hpp"
#include "select/study_file.hpp"
#include "select/study_settings.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::selection {
namespace {

void bind_training(Statement& statement, const TrainingId& id) {
  statement.bind(id.trial).bind(id.fold).bind(id.share);
}

/// The lock of a folder in which a study is opened. Several processes may do this at once.
std::unique_ptr<interop::FolderLock> lock_of(const std::filesystem::path& folder, bool wait) {
  constexpr auto pause = std::chrono::milliseconds(20);
  constexpr int attempts = 500;
  for (int attempt = 1;; ++attempt) {
    try {
      return std::make_unique<interop::FolderLock>(folder);
    } catch (const ResourceError&) {
      if (!wait || attempt == attempts) throw;
      std::this_thread::sleep_for(pause);
    }
  }
}

}  // namespace

Study::Study(const std::filesystem::path& folder, const StudySettings& settings, StudyUse use)
    : file_(folder / study_file_name) {
  make_folder(folder);
  // Only while it is opened: other processes may join later.
  const auto lock = lock_of(folder, use == StudyUse::join);
  made_ = make_study(file_, settings);
  try {
    open(settings, use);
  } catch (...) {
    discard();
    throw;
  }
}

void Study::open(const StudySettings& settings, StudyUse use) {
  const std::filesystem::path folder = file_.parent_path();
  if (!made_) check_study(file_);
  database_.emplace(file_);
  if (!made_) {
    check_sound(*database_, file_);
    if (use == StudyUse::begin) {
      throw UsageError(fmt::format("{} holds a study already: continue it, or name another folder",
                                   folder.string()));
    }
    check_settings(this->settings(), settings, use, file_);
    database_->log_ahead();
  }
  worker_.emplace(*database_, folder, use == StudyUse::join);
  if (use == StudyUse::join && has_company()) return;
  database_->run("UPDATE state SET ended = NULL; UPDATE trial SET rung = 0");
  note(*database_, settings.current);
}

bool Study::exists(const std::filesystem::path& folder) {
  return is_there(folder / study_file_name);
}

void Study::discard() {
  if (!made_ || (worker_ && worker_->has_company())) return;
  worker_.reset();
  database_.reset();
  remove_database(file_);
}

Settings Study::settings() {
  Settings settings;
  Statement row = database_->prepare("SELECT name, value FROM settings");
  while (row.next()) settings.emplace_back(row.text(0), row.text(1));
  return settings;
}

std::vector<Assignment> Study::candidates(int first, const std::vector<Assignment>& fresh) {
  // One transaction, so that of several processes one adds them.
  Transaction transaction(*database_);
  std::vector<Assignment> candidates;
  Statement row = database_->prepare(
      "SELECT trial, name, value FROM parameter WHERE trial >= ? AND trial < ? "
      "ORDER BY trial, name");
  row.bind(first).bind(first + static_cast<int>(fresh.size()));
  for (std::int64_t trial = 0; row.next();) {
    if (row.integer(0) != trial) candidates.emplace_back();
    trial = row.integer(0);
    candidates.back()[row.text(1)] = row.real(2);
  }
  if (!candidates.empty()) return candidates;

  for (std::size_t c = 0; c < fresh.size(); ++c) {
    const int number = first + static_cast<int>(c);
    database_->prepare("INSERT INTO trial (number) VALUES (?)").bind(number).run();
    for (const auto& [name, value] : fresh[c]) {
      database_->prepare("INSERT INTO parameter VALUES (?, ?, ?)")
          .bind(number)
          .bind(name)
          .bind(value)
          .run();
    }
  }
  transaction.commit();
  return fresh;
}

std::optional<FoldRecord> Study::fold(const Request& request) {
  const TrainingId& id = request.id;
  const int until = request.until;
  Statement row = database_->prepare(
      "SELECT status, epochs, seconds FROM fold WHERE trial = ? AND fold = ? AND share = ?");
  bind_training(row, id);
  if (!row.next()) return std::nullopt;
  FoldRecord record{.status = row.text(0),
                    .epochs = static_cast<int>(row.integer(1)),
                    .seconds = row.real(2),
                    .last = last_epoch(id, until)};
  const bool paused = record.status == "paused";
  if (paused && (until == 0 || record.epochs < until)) return std::nullopt;
  // It may have diverged in the epoch after `until`.
  const bool went_on =
      record.epochs > until ||
      (record.epochs == until && record.status == "diverged" && record.last.validation);
  if (until > 0 && went_on) {
    record.status = "paused";
    record.seconds *= static_cast<double>(until) / record.epochs;
    record.epochs = until;
  }
  Statement value = database_->prepare(
      "SELECT name, value FROM training_value WHERE trial = ? AND fold = ? AND share = ?");
  bind_training(value, id);
  while (value.next()) record.values[value.text(0)] = value.real(1);
  return record;
}

Epoch Study::last_epoch(const TrainingId& id, int until) {
  Statement row = database_->prepare(
      fmt::format("SELECT epoch, {} FROM epoch WHERE trial = ? AND fold = ? AND share = ? AND "
                  "(? = 0 OR epoch <= ?) ORDER BY epoch DESC LIMIT 1",
                  epoch_columns));
  bind_training(row, id);
  row.bind(until).bind(until);
  if (!row.next()) return {};
  Epoch epoch = read_epoch(row, static_cast<int>(row.integer(0)), 1);
  Statement metric = database_->prepare(
      fmt::format("SELECT part, {} FROM epoch_metric WHERE trial = ? AND fold = ? AND share = ? "
                  "AND epoch = ? ORDER BY position",
                  metric_columns));
  bind_training(metric, id);
  metric.bind(epoch.epoch);
  while (metric.next()) {
    const bool training = metric.text(0) == "train";
    if (!training && !epoch.validation) continue;
    (training ? epoch.train : *epoch.validation).values.push_back(read_metric(metric, 1));
  }
  return epoch;
}

std::optional<RefitRecord> refit_of(Database& database, int trial) {
  Statement row = database.prepare(
      fmt::format("SELECT epochs, seconds, {} FROM refit WHERE trial = ?", test_columns));
  row.bind(trial);
  if (!row.next()) return std::nullopt;
  RefitRecord refit{.trial = trial,
                    .epochs = static_cast<int>(row.integer(0)),
                    .seconds = row.real(1),
                    .test = read_test(row, 2)};
  Statement metric = database.prepare(
      fmt::format("SELECT {} FROM refit_metric WHERE trial = ? ORDER BY position", metric_columns));
  metric.bind(trial);
  while (refit.test && metric.next()) refit.test->values.push_back(read_metric(metric, 0));
  return refit;
}

void Study::decide(int number, const Decision& decision) {
  database_->prepare("INSERT OR REPLACE INTO decision VALUES (?, ?, ?)")
      .bind(number)
      .bind(decision.trial)
      .bind(decision.reason)
      .run();
}

bool Study::claim(const TrainingId& id, int rung) {
  if (!worker_->claim(id)) return false;
  if (id.fold > 0) {
    database_->prepare("UPDATE trial SET status = 'running', rung = max(rung, ?) WHERE number = ?")
        .bind(rung)
        .bind(id.trial)
        .run();
  }
  return true;
}

void Study::add(const TrainingId& id, const Epoch& epoch, const Mark& mark) {
  Transaction transaction(*database_);
  if (id.fold > 0) write(id, epoch);
  worker_->mark(id, epoch.epoch, mark);
  transaction.commit();
}

void Study::write(const TrainingId& id, const Epoch& epoch) {
  Statement row = database_->prepare(
      fmt::format("INSERT OR REPLACE INTO epoch (trial, fold, share, epoch, {}) VALUES (?, ?, ?, "
                  "?, {})",
                  epoch_columns, epoch_places));
  bind_training(row, id);
  row.bind(epoch.epoch);
  bind_epoch(row, epoch);
  row.run();
  Statement old = database_->prepare(
      "DELETE FROM epoch_metric WHERE trial = ? AND fold = ? AND share = ? AND epoch = ?");
  bind_training(old, id);
  old.bind(epoch.epoch).run();
  const auto write_metrics = [&](std::string_view part, const std::vector<MetricValue>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      Statement metric = database_->prepare(
          fmt::format("INSERT INTO epoch_metric (trial, fold, share, epoch, part, {}) "
                      "VALUES (?, ?, ?, ?, ?, {})",
                      metric_columns, metric_places));
      bind_training(metric, id);
      metric.bind(epoch.epoch).bind(part);
      bind_metric(metric, values, i);
      metric.run();
    }
  };
  write_metrics("train", epoch.train.values);
  if (epoch.validation) write_metrics("val", epoch.validation->values);
}

void Study::finish(const TrainingId& id, const FoldRecord& record,
                   const std::vector<Epoch>& epochs) {
  Transaction transaction(*database_);
  for (const Epoch& epoch : epochs) write(id, epoch);
  for (const char* table : {"epoch", "epoch_metric"}) {
    Statement later = database_->prepare(fmt::format(
        "DELETE FROM {} WHERE trial = ? AND fold = ? AND share = ? AND epoch > ?", table));
    bind_training(later, id);
    later.bind(record.epochs).run();
  }
  Statement row = database_->prepare("INSERT OR REPLACE INTO fold VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  bind_training(row, id);
  row.bind(record.status)
      .bind(record.score)
      .bind(record.standard_error)
      .bind(record.epochs)
      .bind(record.seconds)
      .run();
  for (const auto& [name, number] : record.values) {
    Statement value =
        database_->prepare("INSERT OR REPLACE INTO training_value VALUES (?, ?, ?, ?, ?)");
    bind_training(value, id);
    value.bind(name).bind(number).run();
  }
  worker_->release(id);
  transaction.commit();
}

void Study::finish(const Trial& trial, int rung) {
  // If this process was interrupted, another one may go on with the trial.
  const bool stopped = trial.status == "stopped" && has_company();
  if (stopped) return;
  database_
      ->prepare(
          "UPDATE trial SET status = ?, score = ?, standard_error = ?, epochs = ?, rung = ? "
          "WHERE number = ? AND rung <= ?")
      .bind(trial.status)
      .bind(trial.score)
      .bind(trial.standard_error)
      .bind(trial.epochs)
      .bind(rung)
      .bind(trial.number)
      .bind(rung)
      .run();
}

void Study::score(const TrainingId& id, const FoldRecord& record) {
  // The training may have gone on after the epoch of this record.
  Statement row = database_->prepare(
      "UPDATE fold SET score = ?, standard_error = ? "
      "WHERE trial = ? AND fold = ? AND share = ? AND epochs = ?");
  row.bind(record.score).bind(record.standard_error);
  bind_training(row, id);
  row.bind(record.epochs).run();
}

void Study::choose(int trial) {
  // In this order the next call repairs a study that was interrupted between two steps.
  const auto folder = file_.parent_path(), current = folder / "refit";
  const auto place_of = [&](std::int64_t number) {
    return folder / "trials" / std::to_string(number) / "refit";
  };
  const std::int64_t before = database_->number("SELECT number FROM trial WHERE chosen");
  if (before != 0 && before != trial) interop::move_folder(current, place_of(before));
  database_->prepare("UPDATE trial SET chosen = (number = ?)").bind(trial).run();
  interop::move_folder(place_of(trial), current);
}

void Study::finish(const RefitRecord& refit) {
  Transaction transaction(*database_);
  Statement row = database_->prepare(
      fmt::format("INSERT INTO refit (trial, epochs, seconds, {}) VALUES (?, ?, ?, {})",
                  test_columns, test_places));
  row.bind(refit.trial).bind(refit.epochs).bind(refit.seconds);
  bind_test(row, refit.test);
  row.run();
  for (std::size_t i = 0; refit.test && i < refit.test->values.size(); ++i) {
    Statement metric = database_->prepare(fmt::format(
        "INSERT INTO refit_metric (trial, {}) VALUES (?, {})", metric_columns, metric_places));
    metric.bind(refit.trial);
    bind_metric(metric, refit.test->values, i);
    metric.run();
  }
  if (refit.test) {
    database_
        ->prepare(
            "INSERT INTO test_look (trial, metric, rule) VALUES (?, "
            "(SELECT value FROM setting WHERE name = 'select.metric'), "
            "(SELECT value FROM setting WHERE name = 'select.rule'))")
        .bind(refit.trial)
        .run();
  }
  transaction.commit();
}

void Study::finish(const StudyEnd& end) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  database_
      ->prepare(
          "UPDATE state SET ended = ?, changed = ?, done = 1, rule = ?, tied_low = ?, tied_high = "
          "?")
      .bind(now())
      .bind(now())
      .bind(end.rule)
      .bind(end.tied ? end.tied->first : none)
      .bind(end.tied ? end.tied->second : none)
      .run();
}

}  // namespace ridgeline::selection
