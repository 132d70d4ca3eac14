#include "data/sources/table_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "data/sources/json_lines.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

std::string_view trim(std::string_view text) {
  const std::string_view blank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(static_cast<float>(value))) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> flag_of(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "true") return 1;
  if (word == "false") return 0;
  const auto value = number_of(text);
  return value && (*value == 0 || *value == 1) ? value : std::nullopt;
}

/// Sorts by value if all names are whole numbers, else byte by byte.
void sort_names(std::vector<std::string>& names) {
  const bool numbers = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.empty() && name.size() < 10 &&
           std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  });
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    if (numbers && std::stoi(a) != std::stoi(b)) return std::stoi(a) < std::stoi(b);
    return a < b;
  });
}

}  // namespace

std::int32_t TextPool::add(std::string_view text) {
  if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
  const auto number = static_cast<std::int32_t>(texts_.size());
  numbers_.emplace(text, number);
  texts_.emplace_back(text);
  return number;
}

TableTargets::TableTargets(TargetColumns columns)
    : columns_(std::move(columns)),
      schema_{columns_.task.empty() ? "classify" : columns_.task, columns_.columns},
      open_(columns_.task.empty()),
      names_in_cell_(columns_.task == "multi-label" && columns_.columns.size() == 1) {}

bool TableTargets::add(std::span<const std::string_view> cells, const std::string& where) {
  const bool list = cells[0].find(list_separator) != std::string_view::npos;
  if (open_ && list && !names_in_cell_ && pool_.texts().empty()) {
    schema_.task = "multi-label";
    names_in_cell_ = true;
    ends_.assign(labels_.size(), 0);  // the rows before have empty cells
    labels_.clear();
  }
  if (schema_.task == "classify") return add_class(cells[0], where);
  if (!names_in_cell_) return add_numbers(cells, where);
  if (open_ && !list) {
    if (const std::string_view label = trim(cells[0]); !label.empty()) {
      throw DataError(fmt::format(
          "{}: the column {} holds \"{}\", and rows before it hold lists: write [\"{}\"]", where,
          columns_.columns[0], label, label));
    }
  }
  add_labels(cells[0]);
  return list || !open_;
}

bool TableTargets::add_class(std::string_view cell, const std::string& where) {
  if (cell.find(list_separator) != std::string_view::npos) {
    throw DataError(fmt::format(
        "{}: the column {} holds a list of labels, {}", where, columns_.columns[0],
        open_ ? "and rows before it hold one label: make every label a list, or none"
              : "and data.task = \"classify\" takes one: set data.task = \"multi-label\""));
  }
  const std::string_view label = trim(cell);
  labels_.push_back(label.empty() ? -1 : pool_.add(label));
  return !label.empty();
}

// An empty cell is a target, too: the image has none of the labels.
void TableTargets::add_labels(std::string_view cell) {
  const bool list = cell.find(list_separator) != std::string_view::npos;
  const std::string separator = list ? std::string(1, list_separator) : columns_.separator;
  const std::size_t begin = labels_.size();
  while (!cell.empty()) {
    const std::size_t end =
        separator.empty() ? cell.size() : std::min(cell.find(separator), cell.size());
    if (const std::string_view label = trim(cell.substr(0, end)); !label.empty()) {
      const std::int32_t number = pool_.add(label);
      const auto first = labels_.begin() + static_cast<std::ptrdiff_t>(begin);
      if (std::find(first, labels_.end(), number) == labels_.end()) labels_.push_back(number);
    }
    cell.remove_prefix(std::min(end + separator.size(), cell.size()));
  }
  if (labels_.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw DataError("a table holds at most 4,294,967,295 labels");
  }
  ends_.push_back(static_cast<std::uint32_t>(labels_.size()));
}

bool TableTargets::add_numbers(std::span<const std::string_view> cells, const std::string& where) {
  const bool flags = schema_.task == "multi-label";
  const bool none = std::all_of(cells.begin(), cells.end(),
                                [](std::string_view cell) { return trim(cell).empty(); });
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::string_view text = trim(cells[k]);
    const auto value = none ? 0 : flags ? flag_of(text) : number_of(text);
    if (!value) {
      throw DataError(fmt::format("{}: \"{}\" in the column {} is {}", where, cells[k],
                                  columns_.columns[k],
                                  flags ? "neither 0 nor 1" : "not a finite number"));
    }
    values_.push_back(static_cast<float>(*value));
  }
  return !none;
}

std::span<const std::int32_t> TableTargets::labels_of(std::size_t row) const {
  if (schema_.task == "classify") return std::span(labels_).subspan(row, 1);
  const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::span(labels_).subspan(begin, ends_[row] - begin);
}

// Tells values from classes as scikit-learn's type_of_target does.
void TableTargets::refuse_numbers(std::span<const Row> rows, const std::string& file) const {
  constexpr std::size_t few = 20;
  const std::vector<std::string>& texts = pool_.texts();
  std::vector<bool> fraction(texts.size());
  for (std::size_t k = 0; k < texts.size(); ++k) {
    double value = 0;
    const char* end = texts[k].data() + texts[k].size();
    const auto [stop, error] = std::from_chars(texts[k].data(), end, value);
    if (error != std::errc() || stop != end) return;
    fraction[k] = std::isfinite(value) && value != std::trunc(value);
  }
  constexpr std::string_view advice =
      "set data.task = \"regress\" to learn them as numbers, or data.task = \"classify\" if "
      "each of them is the name of a class";
  std::size_t known = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].has_target) continue;
    ++known;
    for (const std::int32_t label : labels_of(r)) {
      if (!fraction[static_cast<std::size_t>(label)]) continue;
      const std::string where =
          fmt::format("{}:{}: the column {} holds ", file, rows[r].line, columns_.columns[0]);
      const std::string& text = texts[static_cast<std::size_t>(label)];
      throw DataError(
          names_in_cell_
              ? fmt::format(
                    "{}a list of numbers, such as {}: give each number a column of its own, "
                    "and name the columns by data.label_columns",
                    where, text)
              : fmt::format("{}numbers with a fraction, such as {}: {}", where, text, advice));
    }
  }
  if (!names_in_cell_ && known > few && texts.size() > known / 2) {
    throw DataError(fmt::format("{}: the column {} holds {} different numbers for {} images: {}",
                                file, columns_.columns[0], texts.size(), known, advice));
  }
}

void TableTargets::finish(std::span<const Row> rows, const std::vector<std::string>& listed,
                          const std::string& file) {
  if (!named()) return;
  if (open_ && listed.empty()) refuse_numbers(rows, file);
  const std::vector<std::string>& texts = pool_.texts();
  std::vector<bool> trained(texts.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].training || !rows[r].has_target) continue;
    for (const std::int32_t label : labels_of(r)) trained[static_cast<std::size_t>(label)] = true;
  }
  std::vector<std::string> names = listed;
  if (listed.empty()) {
    for (std::size_t k = 0; k < texts.size(); ++k) {
      if (trained[k]) names.push_back(texts[k]);
    }
    sort_names(names);
  }
  std::unordered_map<std::string_view, std::int32_t> numbers;
  for (std::size_t k = 0; k < names.size(); ++k) {
    numbers.emplace(names[k], static_cast<std::int32_t>(k));
  }
  std::vector<std::int32_t> place(texts.size(), -1);
  for (std::size_t k = 0; k < texts.size(); ++k) {
    if (const auto at = numbers.find(texts[k]); at != numbers.end()) place[k] = at->second;
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].has_target) continue;
    for (const std::int32_t label : labels_of(r)) {
      if (place[static_cast<std::size_t>(label)] >= 0) continue;
      const std::string& text = texts[static_cast<std::size_t>(label)];
      const std::vector<std::string_view> known(names.begin(), names.end());
      const std::string near = nearest(text, known);
      throw DataError(fmt::format("{}:{}: the label \"{}\" is {}{}", file, rows[r].line, text,
                                  listed.empty() ? "not among those of the images for training"
                                                 : "not in the list of classes",
                                  near.empty() ? "" : fmt::format("; is \"{}\" meant?", near)));
    }
  }
  for (std::int32_t& label : labels_) {
    if (label >= 0) label = place[static_cast<std::size_t>(label)];
  }
  schema_.names = std::move(names);
}

void TableTargets::copy(std::size_t row, SampleColumns& columns) const {
  if (schema_.task == "classify") {
    columns.classes.push_back(labels_[row]);
  } else if (names_in_cell_) {
    const auto labels = labels_of(row);
    columns.labels.insert(columns.labels.end(), labels.begin(), labels.end());
    columns.label_ends.push_back(static_cast<std::uint32_t>(columns.labels.size()));
  } else {
    const std::size_t width = schema_.names.size();
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(row * width);
    columns.values.insert(columns.values.end(), first, first + static_cast<std::ptrdiff_t>(width));
  }
}

}  // namespace ridgeline::data
