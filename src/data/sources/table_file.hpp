#pragma once
// A table on the disk or in an archive, whatever its format.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/input_file.hpp"
#include "data/sources/csv.hpp"

namespace ridgeline::data {

/// `kind` is "csv" or "json-lines". Only "csv" has a delimiter.
struct TableFormat {
  std::string kind;
  char delimiter = ',';
};

class TableFile {
 public:
  /// A file on the disk. Throws as InputFile does.
  explicit TableFile(const std::filesystem::path& path);
  /// A table in memory; `name` is its name for messages.
  TableFile(std::string name, std::vector<std::uint8_t> bytes);

  const std::string& name() const { return name_; }
  /// `kind` and `delimiter` are those of TableOptions.
  TableFormat format(const std::string& kind, const std::string& delimiter) const;
  /// The names of the columns. Throws DataError for an empty table or for duplicate names.
  std::vector<std::string> columns(const TableFormat& format) const;
  /// Calls `use` for each row with the cells of `columns`, which must exist. Throws DataError with
  /// the line of the fault, and what `use` throws.
  void read(const TableFormat& format, const std::vector<std::string>& columns,
            const UseRow& use) const;

 private:
  void for_blocks(const std::function<void(std::string_view)>& use) const;
  std::string first_line() const;

  std::string name_;
  std::unique_ptr<InputFile> file_;
  std::vector<std::uint8_t> bytes_;
};

/// Whether a file of this name may be a table.
bool is_table_name(std::string_view name);

}  // namespace ridgeline::data
