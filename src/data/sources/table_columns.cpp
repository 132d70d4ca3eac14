#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "data/sources/table_rows.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using Names = std::vector<std::string>;

const Names label_names{"label", "class", "labels", "target", "category"};

class Finder {
 public:
  Finder(const TableFile& table, const TableFormat& format)
      : table_(table), columns_(table.columns(format)) {}

  std::string named(const std::string& column, std::string_view key) const {
    if (std::find(columns_.begin(), columns_.end(), column) != columns_.end()) return column;
    const std::vector<std::string_view> known(columns_.begin(), columns_.end());
    const std::string near = nearest(column, known);
    throw DataError(fmt::format("{}:1: there is no column \"{}\" for data.{}{}", table_.name(),
                                column, key,
                                near.empty() ? fmt::format(": it has {}", listed())
                                             : fmt::format("; is \"{}\" meant?", near)));
  }
  std::string usual(const Names& names, std::string_view what, std::string_view key) const {
    for (const std::string& name : names) {
      if (std::find(columns_.begin(), columns_.end(), name) != columns_.end()) return name;
    }
    throw DataError(fmt::format(
        "{}:1: no column is called \"{}\": set data.{} to the one that has the {}; there "
        "are {}",
        table_.name(), names.front(), key, what, listed()));
  }

 private:
  std::string listed() const {
    constexpr std::size_t most = 12;
    const Names some(columns_.begin(),
                     columns_.begin() + static_cast<long>(std::min(most, columns_.size())));
    return fmt::format("{}{}", fmt::join(some, ", "), columns_.size() > most ? ", ..." : "");
  }

  const TableFile& table_;
  Names columns_;
};

/// Throws UsageError for an option that would have no effect.
void refuse_idle(const TableOptions& options, const TableFormat& format, const std::string& task,
                 std::size_t columns) {
  const bool names = columns == 1 && task != "regress";
  if (!options.label_separator.empty() && (!names || task == "classify")) {
    throw UsageError(fmt::format(
        "data.label_separator has no effect {}: leave it out",
        columns > 1 ? "on several label columns" : fmt::format("on data.task = \"{}\"", task)));
  }
  if (!options.classes.empty() && !names) {
    throw UsageError(fmt::format("data.classes has no effect {}: leave it out",
                                 task == "regress"
                                     ? "on numbers (data.task = \"regress\")"
                                     : "on a column for each label, whose name it has"));
  }
  if (!options.delimiter.empty() && format.kind == "json-lines") {
    throw UsageError("data.delimiter has no effect on JSON lines: leave it out");
  }
}

std::string find_task(const TableOptions& options, std::size_t columns) {
  if (options.task.empty()) {
    if (!options.label_separator.empty()) return "multi-label";
    if (columns == 1) return "";  // the cells decide
    throw UsageError(
        "several label columns hold 0 and 1 (data.task = \"multi-label\") or numbers (data.task = "
        "\"regress\"): say which");
  }
  if (options.task != "classify" && options.task != "multi-label" && options.task != "regress") {
    throw UsageError(fmt::format(
        "data.task is classify, multi-label or regress for a table, not \"{}\"", options.task));
  }
  if (options.task == "classify" && columns > 1) {
    throw UsageError(fmt::format(
        "data.task = \"classify\" needs one label column, and data.label_columns names {}",
        columns));
  }
  return options.task;
}

}  // namespace

const std::vector<std::string>& path_column_names() {
  static const Names names{"path",      "file",       "filename",   "file_name", "filepath",
                           "file_path", "image_path", "image_file", "image",     "images"};
  return names;
}

TableColumns find_columns(const TableFile& table, const TableFormat& format,
                          const TableOptions& options) {
  const Finder finder(table, format);
  const auto optional = [&](const std::string& column, std::string_view key) {
    return column.empty() ? column : finder.named(column, key);
  };
  TableColumns columns;
  columns.path = options.path_column.empty()
                     ? finder.usual(path_column_names(), "paths", "path_column")
                     : finder.named(options.path_column, "path_column");
  columns.split = optional(options.split_column, "split_column");
  columns.group = optional(options.group_column, "groups");
  columns.weight = optional(options.weight_column, "weight_column");
  Names labels;
  for (const std::string& column : options.label_columns) {
    labels.push_back(finder.named(column, "label_columns"));
  }
  if (labels.empty()) labels.push_back(finder.usual(label_names, "labels", "label_columns"));
  columns.targets = {find_task(options, labels.size()), labels, options.label_separator};
  refuse_idle(options, format, columns.targets.task, labels.size());
  return columns;
}

}  // namespace ridgeline::data
