#pragma once
// Tables of text for people.

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace ridgeline::network {

class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;  ///< aligned to the right, for numbers
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row: a cell for each column. A cell is a list of lines.
  using Cell = std::vector<std::string>;
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

  /// The titles, a rule, the rows, a rule. Every line ends in '\n', and no line in a space. A rule
  /// is never wider than a terminal. Columns that do not fit side by side into `width` follow
  /// below, each block with the first column.
  std::string text(std::size_t width = std::numeric_limits<std::size_t>::max()) const;
  /// The columns that the longest line takes.
  std::size_t width() const;
  static constexpr std::size_t terminal = 80;

 private:
  std::vector<std::size_t> widths() const;
  std::string block(std::span<const std::size_t> shown, std::size_t rule) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Divides the columns of a table, with these widths and `gap` between them, into blocks that fit
/// into `width`. Each block begins with the first column, and has at least one more if there are
/// more.
std::vector<std::vector<std::size_t>> blocks_of_columns(std::span<const std::size_t> widths,
                                                        std::size_t gap, std::size_t width);

/// "315,722"
std::string with_thousands(std::int64_t number);
/// "512 bytes", "1.20 MiB"
std::string memory_text(std::int64_t bytes);
/// "8.38 MFLOP"
std::string flops_text(std::int64_t flops);

}  // namespace ridgeline::network
