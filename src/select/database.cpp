#include "select/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

/// What SQLite could not do, in our words.
std::string reason_of(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_NOMEM:
      return "there is not enough memory";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "it may not be written";
    default:
      break;
  }
  const std::string reason =
      (code & 0xff) == SQLITE_CANTOPEN ? "it cannot be opened" : "reading or writing it failed";
  if (system_error == 0) return reason;
  return fmt::format("{}: {}", reason, std::generic_category().message(system_error));
}

[[noreturn]] void fail(int code, const std::string& file, int system_error) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
      throw DataError(fmt::format("{}: is broken, or not a study of this program", file));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw ResourceError(
          fmt::format("{}: another program keeps this file locked: wait until it has ended", file));
    default:
      throw ResourceError(
          fmt::format("{}: cannot keep the study: {}", file, reason_of(code, system_error)));
  }
}

[[noreturn]] void fail(sqlite3* database, int code) {
  fail(code, sqlite3_db_filename(database, "main"), sqlite3_system_errno(database));
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  const int code =
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
  if (code != SQLITE_OK) fail(database, code);
}
Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}
Statement& Statement::bind(double value) {
  if (std::isfinite(value)) {
    sqlite3_bind_double(statement_, ++bound_, value);
  } else {
    sqlite3_bind_null(statement_, ++bound_);
  }
  return *this;
}
Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

bool Statement::next() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database_, code);
  return code == SQLITE_ROW;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL
             ? std::numeric_limits<double>::quiet_NaN()
             : sqlite3_column_double(statement_, column);
}
std::string Statement::text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

Database::Database(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  const int code = sqlite3_open(file.c_str(), &database_);
  if (code != SQLITE_OK) {
    const int system_error = database_ == nullptr ? 0 : sqlite3_system_errno(database_);
    sqlite3_close(database_);
    fail(code, file.string(), system_error);
  }
  sqlite3_busy_timeout(database_, static_cast<int>(patience.count()));
}
Database::~Database() {
  sqlite3_close(database_);
}

void Database::run(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(database_, code);
}
std::int64_t Database::number(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.next() ? statement.integer(0) : 0;
}

Transaction::~Transaction() {
  if (done_) return;
  try {
    database_.run("ROLLBACK");
  } catch (...) {
    // the failure that brought us here is the one to report
  }
}
void Transaction::commit() {
  database_.run("COMMIT");
  done_ = true;
}

}  // namespace ridgeline::selection
