#include "select/fold_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "data/sources/table_file.hpp"
#include "data/sources/table_rows.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::string_view fold_column = "fold";
constexpr std::string_view no_name = "image ";  // SampleSource::name without a name

struct Row {
  std::string image;
  std::uint64_t line = 0;
  std::string fold;         // empty: none
  std::string sample = {};  // the name of the image; empty until it is found
};

/// "3" of "3", "3.0" (as pandas writes whole numbers beside empty cells) and "03".
std::optional<std::int64_t> whole_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr double most = 1e15;
  if (error != std::errc() || end != text.data() + text.size() || std::abs(value) > most) return {};
  if (value != std::rint(value)) return {};
  return static_cast<std::int64_t>(value);
}

bool is_fraction(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !whole_number(text);
}

std::string image_column(const data::TableFile& table, const std::vector<std::string>& columns) {
  for (const std::string& name : data::path_column_names()) {
    if (std::ranges::find(columns, name) != columns.end()) return name;
  }
  throw DataError(
      fmt::format("{}:1: there is no column \"image\": a file of folds has the columns image and "
                  "fold",
                  table.name()));
}

std::string name_in_file(std::string_view text) {
  return std::string(text.starts_with("./") ? text.substr(2) : text);
}

/// The rows of a file, sorted by image.
std::vector<Row> read_rows(const std::filesystem::path& file) {
  const data::TableFile table(file);
  const data::TableFormat format = table.format("", "");
  const std::vector<std::string> columns = table.columns(format);
  const std::string image = image_column(table, columns);
  if (std::ranges::find(columns, fold_column) == columns.end()) {
    throw DataError(
        fmt::format("{}:1: there is no column \"fold\" beside \"{}\"", table.name(), image));
  }
  std::vector<Row> rows;
  table.read(format, {image, std::string(fold_column)}, [&](const data::TableRow& row) {
    const std::string_view name = row.cells[0], fold = row.cells[1];
    if (name.empty()) {
      throw DataError(fmt::format("{}:{}: the image is missing", table.name(), row.line));
    }
    if (is_fraction(fold) || fold.find('\x1f') != std::string_view::npos) {
      throw DataError(fmt::format("{}:{}: a fold is a whole number or a name, not {}", table.name(),
                                  row.line, is_fraction(fold) ? fold : "a list"));
    }
    rows.push_back(
        {name_in_file(name), row.line, std::string(whole_number(fold) == -1 ? "" : fold)});
  });
  std::ranges::stable_sort(rows, {}, &Row::image);
  const auto twice = std::ranges::adjacent_find(rows, {}, &Row::image);
  if (twice != rows.end()) {
    throw DataError(fmt::format("{}:{}: {} is in line {} already: an image is in one fold",
                                table.name(), (twice + 1)->line, twice->image, twice->line));
  }
  return rows;
}

/// Finds the rows of samples.
class RowFinder {
 public:
  RowFinder(std::string file, std::vector<Row>& rows) : file_(std::move(file)), rows_(rows) {}

  /// The row of a sample; null if it has none. Throws DataError for two rows of a sample, and for a
  /// row of two samples.
  Row* find(const std::string& name) const {
    Row* found = nullptr;
    const auto look_for = [&](std::string_view text) {
      const auto row = std::ranges::lower_bound(rows_, text, {}, &Row::image);
      if (row == rows_.end() || row->image != text) return;
      if (found) {
        const auto [first, second] =
            std::minmax(*row, *found, [](const Row& a, const Row& b) { return a.line < b.line; });
        throw DataError(
            fmt::format("{}:{}: {} is in line {} already, as {}: an image is in one fold", file_,
                        second.line, name, first.line, first.image));
      }
      found = &*row;
    };
    for (std::size_t from = 0; from < name.size();) {
      look_for(std::string_view(name).substr(from));
      from = std::min(name.find('/', from), name.size() - 1) + 1;
    }
    if (name.starts_with(no_name)) look_for(std::string_view(name).substr(no_name.size()));
    if (found && !found->sample.empty() && found->sample != name) {
      throw DataError(fmt::format("{}:{}: \"{}\" means both {} and {}: write more of its path",
                                  file_, found->line, found->image, found->sample, name));
    }
    if (found) found->sample = name;
    return found;
  }

 private:
  std::string file_;
  std::vector<Row>& rows_;
};

/// The number of each fold from 0 on, in the order of numbers or, if one is no number, of names.
std::map<std::string, std::int32_t> numbered(const std::vector<Row>& rows) {
  std::map<std::int64_t, std::vector<std::string>> numbers;
  std::map<std::string, std::int32_t> folds;
  bool all_numbers = true;
  for (const Row& row : rows) {
    if (row.fold.empty() || !folds.emplace(row.fold, 0).second) continue;
    const auto number = whole_number(row.fold);
    all_numbers = all_numbers && number;
    if (number) numbers[*number].push_back(row.fold);
  }
  std::int32_t next = 0;
  if (all_numbers) {
    for (const auto& [number, texts] : numbers) {
      for (const std::string& text : texts) folds[text] = next;  // 1 and 1.0 are the same
      ++next;
    }
  } else {
    for (auto& [text, fold] : folds) fold = next++;
  }
  return folds;
}

[[noreturn]] void throw_unknown(const std::string& file, const Row& row, const Dataset& test) {
  std::vector<Row> one{{row.image, row.line, row.fold}};
  const RowFinder finder(file, one);
  for (std::size_t i = 0; i < test.size(); ++i) {
    if (test.name(i).starts_with(no_name) || !finder.find(test.name(i))) continue;
    throw DataError(
        fmt::format("{}:{}: {} is a test image: the test set is measured once, after the choice, "
                    "and never helps to choose: leave its fold empty",
                    file, row.line, row.image));
  }
  throw DataError(fmt::format(
      "{}:{}: {} is none of the training images: write its path as in the data, or leave its fold "
      "empty if it was left out",
      file, row.line, row.image));
}

}  // namespace

FoldFile::FoldFile(const std::filesystem::path& file, const Dataset& train, const Dataset& test)
    : file_(file.string()) {
  std::vector<Row> rows = read_rows(file);
  const auto folds = numbered(rows);
  for (const auto& [text, number] : folds) {
    folds_ = std::max(folds_, static_cast<std::size_t>(number) + 1);
  }
  if (folds_ == 0) {
    throw DataError(
        fmt::format("{}: no image is in a fold: give some a fold to be measured in", file_));
  }
  if (folds_ > most_listed_folds) {
    throw DataError(
        fmt::format("{}: has {} folds, and at most {} are possible: is \"fold\" the "
                    "column of folds?",
                    file_, folds_, most_listed_folds));
  }
  // A limit takes some of the source's images; the file may list all.
  const Dataset all(train.source());
  const RowFinder finder(file_, rows);
  fold_of_.assign(all.size(), -1);
  std::vector<bool> listed(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Row* row = finder.find(all.name(i));
    listed[i] = row != nullptr;
    if (row && !row->fold.empty()) fold_of_[i] = folds.at(row->fold);
  }
  for (const Row& row : rows) {
    if (row.sample.empty() && !row.fold.empty()) throw_unknown(file_, row, test);
  }
  for (std::size_t i = 0; i < train.size(); ++i) {
    if (listed[static_cast<std::size_t>(train.id(i))]) continue;
    throw DataError(
        fmt::format("{}: {} has no row: give it a fold, or a row with an empty fold to "
                    "train on it in every fold",
                    file_, train.name(i)));
  }
  std::vector<std::size_t> sizes(folds_);
  for (std::size_t i = 0; i < train.size(); ++i) {
    const std::int32_t fold = fold_of_[static_cast<std::size_t>(train.id(i))];
    if (fold >= 0) ++sizes[static_cast<std::size_t>(fold)];
  }
  for (const auto& [text, number] : folds) {
    const std::size_t size = sizes[static_cast<std::size_t>(number)];
    if (size > 0 && size < train.size()) continue;
    throw DataError(
        size == 0 ? fmt::format("{}: fold {} has none of the {} training images", file_, text,
                                train.size())
                  : fmt::format("{}: all {} training images are in fold {}, which leaves none "
                                "to train on",
                                file_, size, text));
  }
}

std::vector<Split> FoldFile::splits(const Dataset& images) const {
  std::vector<std::vector<std::size_t>> in(folds_), out(folds_);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::int32_t fold = fold_of_.at(static_cast<std::size_t>(images.id(i)));
    for (std::size_t f = 0; f < folds_; ++f) {
      (static_cast<std::int32_t>(f) == fold ? out : in)[f].push_back(i);
    }
  }
  std::vector<Split> splits;
  for (std::size_t f = 0; f < folds_; ++f) {
    if (!out[f].empty()) splits.push_back({images.subset(in[f]), images.subset(out[f])});
  }
  return splits;
}

}  // namespace ridgeline::selection
