#pragma once
// The rows of a table of images, as they are in the file.

#include <cstdint>
#include <string>
#include <vector>

#include "data/sources/table_file.hpp"
#include "data/sources/table_targets.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {

enum class TablePart : std::uint8_t { train, validation, test };

struct TableRows {
  std::string paths;  ///< one after another, as they are in the table
  std::vector<std::uint64_t> path_ends;
  std::vector<TablePart> parts;
  std::vector<TableTargets::Row> rows;
  std::vector<std::int32_t> groups;  ///< -1: a group of its own; empty if there is no such column
  std::vector<float> weights;        ///< empty if there is no such column

  std::size_t size() const { return rows.size(); }
  std::string_view path(std::size_t row) const {
    const std::uint64_t begin = row == 0 ? 0 : path_ends[row - 1];
    return std::string_view(paths).substr(begin, path_ends[row] - begin);
  }
};

/// The names of a table's columns by their use.
struct TableColumns {
  std::string path, split, group, weight;  ///< empty: there is no such column
  TargetColumns targets;
};

/// The usual names of the column of paths, best first.
const std::vector<std::string>& path_column_names();

/// The columns that `options` name, or those that the table has by their usual names. Throws
/// DataError for a column that is not there, UsageError for options that do not fit together.
TableColumns find_columns(const TableFile& table, const TableFormat& format,
                          const TableOptions& options);

/// Reads the rows, and their targets into `targets`. Throws DataError with file and line.
TableRows read_rows(const TableFile& table, const TableFormat& format, const TableColumns& columns,
                    TableTargets& targets);

}  // namespace ridgeline::data
