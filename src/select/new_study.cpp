#include "select/new_study.hpp"

#include <fmt/format.h>

#include <system_error>

#include "ridgeline/error.hpp"
#include "select/schema.hpp"
#include "select/study_file.hpp"
#include "select/worker_schema.hpp"
#include "select/workers.hpp"

namespace ridgeline::selection {
namespace {

void write_labels(Database& database, const SearchSpace& over) {
  for (const auto& [key, range] : over) {
    for (std::size_t value = 0; value < range.names.size(); ++value) {
      database.prepare("INSERT INTO label VALUES (?, ?, ?)")
          .bind(key)
          .bind(static_cast<double>(value))
          .bind(range.names[value])
          .run();
    }
  }
}

void write_new(const std::filesystem::path& file, const StudySettings& settings) {
  Database database(file);
  database.log_ahead();
  Transaction transaction(database);
  database.run(schema);
  database.run(worker_schema);
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id,
                           schema_version));
  database.prepare("INSERT INTO state (begun, changed) VALUES (?, ?)")
      .bind(now())
      .bind(now())
      .run();
  note(database, settings.fixed);
  note(database, settings.current);
  write_labels(database, settings.over);
  transaction.commit();
}

}  // namespace

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

bool make_study(const std::filesystem::path& file, const StudySettings& settings) {
  if (is_there(file)) {
    if (std::filesystem::is_regular_file(file)) return false;
    throw DataError(
        fmt::format("{}: is not a regular file, where a study is expected", file.string()));
  }
  const std::filesystem::path part = file.string() + ".part";
  remove_database(part);  // left by a program that was killed
  std::error_code error;
  try {
    write_new(part, settings);
  } catch (...) {
    remove_database(part);
    throw;
  }
  std::filesystem::rename(part, file, error);
  if (!error) return true;
  const std::string reason = error.message();
  remove_database(part);
  throw ResourceError(fmt::format("{}: cannot keep the study: {}", file.string(), reason));
}

}  // namespace ridgeline::selection
