#pragma once
// JSON lines: a JSON object on each line, in UTF-8, in pieces of any length.

#include <string>
#include <string_view>
#include <vector>

#include "data/sources/csv.hpp"

namespace ridgeline::data {

/// Follows each element of a list in a cell.
inline constexpr char list_separator = '\x1f';

/// Gives the values of `columns` as cells: text and numbers as they are, true as 1, false as 0,
/// null and missing values as "", and lists of such values with list_separator after each; an
/// empty list is one list_separator.
class JsonLines {
 public:
  /// `file` is what messages begin with.
  JsonLines(std::string file, std::vector<std::string> columns, UseRow use);

  /// As those of CsvParser.
  void feed(std::string_view bytes);
  void finish();

 private:
  void parse(std::string_view line);

  std::string file_;
  std::vector<std::string> columns_;
  UseRow use_;
  std::string rest_;  // the beginning of a line that is not complete yet
  std::uint64_t line_ = 0;
};

/// The keys of the first line's object, in their order. Throws DataError if the line is not an
/// object.
std::vector<std::string> json_keys(std::string_view line, std::string_view file);

}  // namespace ridgeline::data
