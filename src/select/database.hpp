#pragma once
// SQLite with exceptions: DataError for a file that is not a database or is broken, ResourceError
// if it is locked or cannot be written.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ridgeline::selection {

class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the next parameter. NaN and infinity are stored as null.
  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(double value);
  Statement& bind(std::string_view value);

  /// True while there is a row.
  bool next();
  /// For a statement without rows.
  void run() { next(); }
  std::int64_t integer(int column) const;
  double real(int column) const;  ///< NaN for null
  std::string text(int column) const;
  bool null(int column) const;
  int columns() const;
  std::string name(int column) const;
  /// As SQLite has it: a number that is a whole one, any other number, a text, or null.
  enum class Type { integer, real, text, null };
  Type type(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

class Database {
 public:
  /// Opens or makes the file. `patience`: how long to wait for a locked file.
  explicit Database(const std::filesystem::path& file,
                    std::chrono::milliseconds patience = std::chrono::seconds(10));
  /// Opens a file that exists, and changes nothing in it. It needs no right to write, and no
  /// program that writes waits for it.
  static Database for_reading(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Lets others read while this program writes (write-ahead log), if the file system can do so.
  /// The file remembers it. Whoever closes the file last brings everything into this one file.
  void log_ahead();
  void run(const std::string& sql);
  Statement prepare(std::string_view sql) { return {database_, sql}; }
  /// The first column of the first row, a whole number.
  std::int64_t number(std::string_view sql);

 private:
  /// With SQLITE_OPEN_URI, `query` may follow the file, such as "?immutable=1".
  Database(const std::filesystem::path& file, int flags, std::chrono::milliseconds patience,
           std::string_view query);

  sqlite3* database_ = nullptr;
};

/// All writes during its lifetime are done at commit(), or not at all.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
  }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool done_ = false;
};

}  // namespace ridgeline::selection
