#include "data/sources/table_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

std::optional<TablePart> part_of(std::string_view cell) {
  std::string word;
  for (const char c : cell) {
    if (c != ' ') word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (word == "train" || word == "training") return TablePart::train;
  if (word == "val" || word == "valid" || word == "validation") return TablePart::validation;
  if (word == "test" || word == "testing") return TablePart::test;
  return std::nullopt;
}

float weight_of(std::string_view cell, const std::string& where) {
  float weight = 0;
  const char* end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, weight);
  if (error == std::errc() && stop == end && std::isfinite(weight) && weight >= 0) return weight;
  throw DataError(fmt::format("{}: the weight \"{}\" is not a number of at least 0", where, cell));
}

}  // namespace

TableRows read_rows(const TableFile& table, const TableFormat& format, const TableColumns& columns,
                    TableTargets& targets) {
  std::vector<std::string> names{columns.path};
  // The index of an optional column among the cells; 0 if it is not read.
  const auto place = [&](const std::string& column) {
    if (column.empty()) return std::size_t{0};
    names.push_back(column);
    return names.size() - 1;
  };
  const std::size_t split = place(columns.split), group = place(columns.group),
                    weight = place(columns.weight), label = names.size();
  names.insert(names.end(), columns.targets.columns.begin(), columns.targets.columns.end());

  TableRows rows;
  TextPool groups;
  table.read(format, names, [&](const TableRow& row) {
    const std::string where = fmt::format("{}:{}", table.name(), row.line);
    if (row.cells[0].empty()) {
      throw DataError(fmt::format("{}: the column {} is empty", where, columns.path));
    }
    TablePart part = TablePart::train;
    if (split != 0) {
      const auto known = part_of(row.cells[split]);
      if (!known) {
        throw DataError(fmt::format("{}: \"{}\" in the column {} is none of train, val and test",
                                    where, row.cells[split], columns.split));
      }
      part = *known;
    }
    const bool has_target = targets.add(row.cells.subspan(label), where);
    if (!has_target && part != TablePart::test) {
      throw DataError(fmt::format("{}: the column {} is empty", where, columns.targets.columns[0]));
    }
    if (group != 0) {
      const std::string_view cell = row.cells[group];
      rows.groups.push_back(cell.empty() ? -1 : groups.add(cell));
    }
    if (weight != 0) rows.weights.push_back(weight_of(row.cells[weight], where));
    rows.paths += row.cells[0];
    rows.path_ends.push_back(rows.paths.size());
    rows.parts.push_back(part);
    rows.rows.push_back(
        {part == TablePart::train, has_target, static_cast<std::uint32_t>(row.line)});
  });
  return rows;
}

}  // namespace ridgeline::data
