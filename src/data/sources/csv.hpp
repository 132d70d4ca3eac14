#pragma once
// Comma-separated values (RFC 4180), in pieces of any length: a table of a million rows is never in
// memory whole.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::data {

/// A row of a table. The cells are valid until the call returns.
struct TableRow {
  std::uint64_t line = 0;  ///< where the row begins; the first is 1
  std::span<const std::string_view> cells;
};
using UseRow = std::function<void(const TableRow&)>;

/// UTF-8 with or without a byte order mark; lines end with LF, CRLF or CR; empty lines are left
/// out. A cell in quotes may hold delimiters, line ends, and quotes that are written twice.
class CsvParser {
 public:
  /// `file` is what messages begin with.
  CsvParser(std::string file, char delimiter, UseRow use);

  /// Takes the next bytes of the table. Throws DataError with file and line, and what `use`
  /// throws.
  void feed(std::string_view bytes);
  /// Ends the table. The last row needs no line end. Throws as feed does.
  void finish();

 private:
  enum class State { cell_start, plain, quoted, quote_in_quoted };
  [[noreturn]] void fail(std::uint64_t line, std::string_view what) const;
  void step(char c);
  void append(std::string_view bytes);
  void end_cell();
  void end_row();

  std::string file_;
  char delimiter_;
  UseRow use_;
  State state_ = State::cell_start;
  std::size_t bom_ = 0;  // bytes of the mark that have been seen; 3: no more is expected
  bool after_cr_ = false;
  std::uint64_t line_ = 1, row_line_ = 1, quote_line_ = 0;
  std::string row_;  // the cells, one after another
  std::vector<std::size_t> ends_;
  std::vector<std::string_view> cells_;
  bool quoted_row_ = false;  // an empty cell in quotes makes a row; an empty line does not
};

}  // namespace ridgeline::data
