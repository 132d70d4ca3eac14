#include "select/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cctype>
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

/// The file as a URI: "file:/home/me/a%20b".
std::string uri_of(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' ||
                       c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return uri;
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
bool Statement::null(int column) const {
  return type(column) == Type::null;
}
int Statement::columns() const {
  return sqlite3_column_count(statement_);
}
std::string Statement::name(int column) const {
  return sqlite3_column_name(statement_, column);
}
Statement::Type Statement::type(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return Type::null;
    case SQLITE_INTEGER:
      return Type::integer;
    case SQLITE_FLOAT:
      return Type::real;
    default:
      return Type::text;
  }
}

Database::Database(const std::filesystem::path& file, std::chrono::milliseconds patience)
    : Database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, patience, {}) {}

Database Database::for_reading(const std::filesystem::path& file) {
  // The right to write, if there is one, lets SQLite finish what a killed program has begun.
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI;
  constexpr auto patience = std::chrono::seconds(10);
  std::string_view query;
  {
    const Database probe(file, flags, patience, {});
    const int code =
        sqlite3_exec(probe.database_, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr);
    // SQLite makes files beside one with a log. That is not possible where nothing may be written.
    const bool refused = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
    std::error_code unknown;
    if (refused && !std::filesystem::exists(file.string() + "-wal", unknown)) {
      query = "?immutable=1";
    } else if (code != SQLITE_OK) {
      fail(probe.database_, code);
    }
  }
  return {file, flags, patience, query};
}

Database::Database(const std::filesystem::path& file, int flags, std::chrono::milliseconds patience,
                   std::string_view query) {
  const bool uri = (flags & SQLITE_OPEN_URI) != 0;
  const std::string name = uri ? uri_of(file).append(query) : file.string();
  const int code = sqlite3_open_v2(name.c_str(), &database_, flags, nullptr);
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

void Database::log_ahead() {
  // Without a log, SQLite keeps its journal, which is as safe but makes readers and writers wait.
  sqlite3_exec(database_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
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
