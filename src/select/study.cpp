#include "select/study.hpp"

#include <fmt/format.h>

#include <system_error>

#include "ridgeline/error.hpp"
#include "select/rows.hpp"
#include "select/schema.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::size_t longest_shown = 80;

constexpr const char* file_name = "study.sqlite";

void note(Database& database, const Settings& settings) {
  for (const auto& [name, value] : settings) {
    database
        .prepare(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value)
        .run();
  }
}

void bind_training(Statement& statement, const TrainingId& id) {
  statement.bind(id.trial).bind(id.fold).bind(id.share);
}

/// Whether the file is not empty. SQLite makes an empty file when it opens one that does not exist.
bool is_there(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::is_regular_file(status)) return std::filesystem::exists(status);
  return std::filesystem::file_size(file, error) > 0;
}

void write_new(const std::filesystem::path& file, const Settings& settings) {
  Database database(file);
  Transaction transaction(database);
  database.run(schema);
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id,
                           schema_version));
  note(database, settings);
  transaction.commit();
}

/// Makes a study unless it exists; returns whether it was made. The file gets its name only when it
/// is complete. The folder must be locked.
bool make_unless_there(const std::filesystem::path& file, const Settings& settings) {
  if (is_there(file)) {
    if (std::filesystem::is_regular_file(file)) return false;
    throw DataError(
        fmt::format("{}: is not a regular file, where a study is expected", file.string()));
  }
  const std::filesystem::path part = file.string() + ".part", journal = part.string() + "-journal";
  std::error_code error;
  const auto remove_parts = [&] {
    for (const auto& left : {part, journal}) std::filesystem::remove(left, error);
  };
  remove_parts();  // left by a program that was killed
  try {
    write_new(part, settings);
  } catch (...) {
    remove_parts();
    throw;
  }
  std::filesystem::rename(part, file, error);
  if (!error) return true;
  const std::string reason = error.message();
  remove_parts();
  throw ResourceError(fmt::format("{}: cannot keep the study: {}", file.string(), reason));
}

const std::filesystem::path& made(const std::filesystem::path& folder) {
  make_folder(folder);
  return folder;
}

}  // namespace

Study::Study(const std::filesystem::path& folder, const Settings& settings, bool resume)
    : file_(folder / file_name),
      lock_(made(folder)),
      made_(make_unless_there(file_, settings)),
      database_(file_) {
  if (made_) return;
  Transaction transaction(database_);
  if (database_.number("PRAGMA application_id") != application_id) {
    throw DataError(fmt::format("{}: a database of another program", file_.string()));
  }
  if (const auto version = database_.number("PRAGMA user_version"); version != schema_version) {
    throw DataError(fmt::format("{}: a study of version {}, but this program reads version {}",
                                file_.string(), version, schema_version));
  }
  Statement sound = database_.prepare("PRAGMA quick_check(1)");
  if (!sound.next() || sound.text(0) != "ok") {
    throw DataError(fmt::format("{}: the file is damaged: begin the study again in another folder",
                                file_.string()));
  }
  if (!resume) {
    throw UsageError(fmt::format("{} holds a study already: continue it, or name another folder",
                                 folder.string()));
  }
  check(settings);
  transaction.commit();
}

bool Study::exists(const std::filesystem::path& folder) {
  return is_there(folder / file_name);
}

void Study::discard() {
  std::error_code ignored;  // the failure that brought us here is the one to report
  if (made_) std::filesystem::remove(file_, ignored);
}

void Study::check(const Settings& settings) {
  for (const auto& [name, value] : settings) {
    Statement row = database_.prepare("SELECT value FROM setting WHERE name = ?");
    row.bind(name);
    const std::string before = row.next() ? row.text(0) : "nothing";
    if (before == value) continue;
    const bool shown = before.size() + value.size() <= longest_shown;
    throw UsageError(
        fmt::format("{}: this study was begun with {}: continue with that, or name another folder",
                    file_.string(),
                    shown ? fmt::format("{} = {}, not {}", name, before, value)
                          : fmt::format("another setting of {}", name)));
  }
}

void Study::note(const Settings& settings) {
  ridgeline::selection::note(database_, settings);
}

std::vector<Assignment> Study::candidates(int first, const std::vector<Assignment>& fresh) {
  std::vector<Assignment> candidates;
  Statement row =
      database_.prepare("SELECT trial, name, value FROM parameters WHERE trial >= ? AND trial < ?");
  row.bind(first).bind(first + static_cast<int>(fresh.size()));
  for (std::int64_t trial = 0; row.next();) {
    if (row.integer(0) != trial) candidates.emplace_back();
    trial = row.integer(0);
    candidates.back()[row.text(1)] = row.real(2);
  }
  if (!candidates.empty()) return candidates;

  Transaction transaction(database_);
  for (std::size_t c = 0; c < fresh.size(); ++c) {
    const int number = first + static_cast<int>(c);
    database_.prepare("INSERT INTO trial (number) VALUES (?)").bind(number).run();
    for (const auto& [name, value] : fresh[c]) {
      database_.prepare("INSERT INTO parameter VALUES (?, ?, ?)")
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
  Statement row = database_.prepare(
      "SELECT status, epochs, seconds FROM fold WHERE trial = ? AND fold = ? AND share = ?");
  bind_training(row, id);
  if (!row.next()) return std::nullopt;
  FoldRecord record{.status = row.text(0),
                    .epochs = static_cast<int>(row.integer(1)),
                    .seconds = row.real(2),
                    .last = last_epoch(id, until)};
  const bool paused = record.status == "paused";
  if (paused && (until == 0 || record.epochs < until)) return std::nullopt;
  if (until > 0 && record.epochs > until) {
    record.status = "paused";
    record.seconds *= static_cast<double>(until) / record.epochs;
    record.epochs = until;
  }
  Statement value = database_.prepare(
      "SELECT name, value FROM training_value WHERE trial = ? AND fold = ? AND share = ?");
  bind_training(value, id);
  while (value.next()) record.values[value.text(0)] = value.real(1);
  return record;
}

Epoch Study::last_epoch(const TrainingId& id, int until) {
  Statement row = database_.prepare(
      fmt::format("SELECT epoch, {} FROM epoch WHERE trial = ? AND fold = ? AND share = ? AND "
                  "(? = 0 OR epoch <= ?) ORDER BY epoch DESC LIMIT 1",
                  epoch_columns));
  bind_training(row, id);
  row.bind(until).bind(until);
  if (!row.next()) return {};
  Epoch epoch = read_epoch(row, static_cast<int>(row.integer(0)), 1);
  Statement metric = database_.prepare(
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

std::optional<RefitRecord> Study::refit(int trial) {
  Statement row = database_.prepare(
      fmt::format("SELECT epochs, seconds, {} FROM refit WHERE trial = ?", test_columns));
  row.bind(trial);
  if (!row.next()) return std::nullopt;
  RefitRecord refit{.trial = trial,
                    .epochs = static_cast<int>(row.integer(0)),
                    .seconds = row.real(1),
                    .test = read_test(row, 2)};
  Statement metric = database_.prepare(
      fmt::format("SELECT {} FROM refit_metric WHERE trial = ? ORDER BY position", metric_columns));
  metric.bind(trial);
  while (refit.test && metric.next()) refit.test->values.push_back(read_metric(metric, 0));
  return refit;
}

void Study::decide(int number, const Decision& decision) {
  database_.prepare("INSERT OR REPLACE INTO decision VALUES (?, ?, ?)")
      .bind(number)
      .bind(decision.trial)
      .bind(decision.reason)
      .run();
}

void Study::begin(int trial) {
  database_.prepare("UPDATE trial SET status = 'running' WHERE number = ?").bind(trial).run();
}

void Study::add(const TrainingId& id, const Epoch& epoch) {
  Transaction transaction(database_);
  write(id, epoch);
  transaction.commit();
}

void Study::write(const TrainingId& id, const Epoch& epoch) {
  Statement row = database_.prepare(
      fmt::format("INSERT OR REPLACE INTO epoch (trial, fold, share, epoch, {}) VALUES (?, ?, ?, "
                  "?, {})",
                  epoch_columns, epoch_places));
  bind_training(row, id);
  row.bind(epoch.epoch);
  bind_epoch(row, epoch);
  row.run();
  Statement old = database_.prepare(
      "DELETE FROM epoch_metric WHERE trial = ? AND fold = ? AND share = ? AND epoch = ?");
  bind_training(old, id);
  old.bind(epoch.epoch).run();
  const auto write_metrics = [&](std::string_view part, const std::vector<MetricValue>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      Statement metric = database_.prepare(
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
  Transaction transaction(database_);
  for (const Epoch& epoch : epochs) write(id, epoch);
  for (const char* table : {"epoch", "epoch_metric"}) {
    Statement later = database_.prepare(fmt::format(
        "DELETE FROM {} WHERE trial = ? AND fold = ? AND share = ? AND epoch > ?", table));
    bind_training(later, id);
    later.bind(record.epochs).run();
  }
  Statement row = database_.prepare("INSERT OR REPLACE INTO fold VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  bind_training(row, id);
  row.bind(record.status)
      .bind(record.score)
      .bind(record.standard_error)
      .bind(record.epochs)
      .bind(record.seconds)
      .run();
  for (const auto& [name, number] : record.values) {
    Statement value =
        database_.prepare("INSERT OR REPLACE INTO training_value VALUES (?, ?, ?, ?, ?)");
    bind_training(value, id);
    value.bind(name).bind(number).run();
  }
  transaction.commit();
}

void Study::finish(const Trial& trial) {
  database_
      .prepare(
          "UPDATE trial SET status = ?, score = ?, standard_error = ?, epochs = ? WHERE number = ?")
      .bind(trial.status)
      .bind(trial.score)
      .bind(trial.standard_error)
      .bind(trial.epochs)
      .bind(trial.number)
      .run();
}

void Study::score(const TrainingId& id, const FoldRecord& record) {
  Statement row = database_.prepare(
      "UPDATE fold SET score = ?, standard_error = ? WHERE trial = ? AND fold = ? AND share = ?");
  row.bind(record.score).bind(record.standard_error);
  bind_training(row, id);
  row.run();
}

void Study::choose(int trial) {
  // In this order the next call repairs a study that was interrupted between two steps.
  const auto folder = file_.parent_path(), current = folder / "refit";
  const auto place_of = [&](std::int64_t number) {
    return folder / "trials" / std::to_string(number) / "refit";
  };
  const std::int64_t before = database_.number("SELECT number FROM trial WHERE chosen");
  if (before != 0 && before != trial) interop::move_folder(current, place_of(before));
  database_.prepare("UPDATE trial SET chosen = (number = ?)").bind(trial).run();
  interop::move_folder(place_of(trial), current);
}

void Study::finish(const RefitRecord& refit) {
  Transaction transaction(database_);
  Statement row = database_.prepare(
      fmt::format("INSERT INTO refit (trial, epochs, seconds, {}) VALUES (?, ?, ?, {})",
                  test_columns, test_places));
  row.bind(refit.trial).bind(refit.epochs).bind(refit.seconds);
  bind_test(row, refit.test);
  row.run();
  for (std::size_t i = 0; refit.test && i < refit.test->values.size(); ++i) {
    Statement metric = database_.prepare(fmt::format(
        "INSERT INTO refit_metric (trial, {}) VALUES (?, {})", metric_columns, metric_places));
    metric.bind(refit.trial);
    bind_metric(metric, refit.test->values, i);
    metric.run();
  }
  transaction.commit();
}

}  // namespace ridgeline::selection
