#pragma once
// A TOML value with its place, so that every error can name file and line. Reading and writing
// experiments uses only this type. Only toml.cpp uses the TOML library.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ridgeline/error.hpp"

namespace ridgeline::experiment {

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>;  // in the file's order

struct Value {
  std::variant<bool, std::int64_t, double, std::string, Array, Table> data;
  std::string where;      ///< "experiment.toml:12: ", or empty for an override
  bool recorded = false;  ///< from the record of a run, which may hold settings without effect

  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
};

struct Entry {
  std::string key;
  Value value;
};

/// Marks all values of a table as recorded.
void mark_recorded(Table& table);

/// The beginning of a text that is too long for a sentence.
std::string excerpt(std::string_view text);

/// The value of `key`, or nullptr.
const Value* find(const Table& table, std::string_view key);

/// As TOML on one line; an array of tables has a line for each, indented.
std::string to_toml(const Value& value);
/// `key` as TOML writes it, in quotes if necessary.
std::string to_toml_key(std::string_view key);

/// For errors: "0", "the string \"ten\"", "an array", "a table".
std::string describe(const Value& value);

/// Throws UsageError: "experiment.toml:12: train.batch must be at least 1, not 0".
[[noreturn]] void fail(const Value& value, std::string_view key, std::string_view must_be);

/// Runs `action`. If it throws a UsageError, throws it again with `where` before its sentence.
template <typename Action>
auto located(const std::string& where, Action&& action) {
  try {
    return action();
  } catch (const UsageError& error) {
    throw UsageError(where + error.what());
  }
}

}  // namespace ridgeline::experiment
