#include "data/sources/table_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/sources/image_files.hpp"
#include "data/sources/json_lines.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::size_t block = std::size_t{1} << 20;

const std::vector<std::string> json_extensions{"jsonl", "ndjson", "json"},
    tab_extensions{"tsv", "tab"}, text_extensions{"csv"};

// Thrown to stop reading a table after its first row.
struct Enough {};

}  // namespace

bool is_table_name(std::string_view name) {
  return has_extension(name, json_extensions) || has_extension(name, tab_extensions) ||
         has_extension(name, text_extensions);
}

TableFile::TableFile(const std::filesystem::path& path)
    : name_(path.string()), file_(std::make_unique<InputFile>(path)) {}

TableFile::TableFile(std::string name, std::vector<std::uint8_t> bytes)
    : name_(std::move(name)), bytes_(std::move(bytes)) {}

void TableFile::for_blocks(const std::function<void(std::string_view)>& use) const {
  const std::uint64_t size = file_ ? file_->size() : bytes_.size();
  std::vector<std::uint8_t> buffer;
  for (std::uint64_t at = 0; at < size; at += block) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block, size - at));
    const std::uint8_t* data = bytes_.data() + (file_ ? 0 : at);
    if (file_) {
      buffer.resize(count);
      file_->read(at, buffer);
      data = buffer.data();
    }
    use({reinterpret_cast<const char*>(data), count});
  }
}

std::string TableFile::first_line() const {
  std::string line;
  try {
    for_blocks([&](std::string_view bytes) {
      line += bytes.substr(0, bytes.find_first_of("\n\r"));
      throw Enough();
    });
  } catch (const Enough&) {
  }
  return line;
}

TableFormat TableFile::format(const std::string& kind, const std::string& delimiter) const {
  if (!kind.empty() && kind != "csv" && kind != "tsv" && kind != "json-lines") {
    throw UsageError(
        fmt::format("the format of a table is csv, tsv or json-lines, not \"{}\"", kind));
  }
  if (delimiter.size() > 1 || delimiter.find_first_of("\"\n\r") != std::string::npos) {
    throw UsageError(fmt::format(
        "the delimiter of a table is one character and no quote, not \"{}\"", delimiter));
  }
  if (kind == "json-lines" || (kind.empty() && has_extension(name_, json_extensions))) {
    return {"json-lines"};
  }
  if (!delimiter.empty()) return {"csv", delimiter[0]};
  if (kind == "tsv" || (kind.empty() && has_extension(name_, tab_extensions))) return {"csv", '\t'};
  // Some programs write semicolons where the comma is in numbers.
  const std::string header = first_line();
  for (const char candidate : {',', '\t', ';'}) {
    if (header.find(candidate) != std::string::npos) return {"csv", candidate};
  }
  return {"csv"};
}

std::vector<std::string> TableFile::columns(const TableFormat& format) const {
  std::vector<std::string> names;
  if (format.kind == "json-lines") {
    if (const std::string line = first_line(); !line.empty()) names = json_keys(line, name_);
  } else {
    CsvParser parser(name_, format.delimiter, [&](const TableRow& row) {
      names.assign(row.cells.begin(), row.cells.end());
      throw Enough();
    });
    try {
      for_blocks([&](std::string_view bytes) { parser.feed(bytes); });
      parser.finish();
    } catch (const Enough&) {
    }
  }
  if (names.empty()) throw DataError(fmt::format("{}: is empty", name_));
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw DataError(fmt::format("{}:1: two columns are called \"{}\"", name_, *twice));
  }
  return names;
}

void TableFile::read(const TableFormat& format, const std::vector<std::string>& columns,
                     const UseRow& use) const {
  if (format.kind == "json-lines") {
    JsonLines parser(name_, columns, use);
    for_blocks([&](std::string_view bytes) { parser.feed(bytes); });
    parser.finish();
    return;
  }
  std::vector<std::size_t> places;
  std::vector<std::string_view> cells(columns.size());
  std::size_t width = 0;
  CsvParser parser(name_, format.delimiter, [&](const TableRow& row) {
    if (width == 0) {
      width = row.cells.size();
      for (const std::string& column : columns) {
        const auto at = std::find(row.cells.begin(), row.cells.end(), column);
        places.push_back(static_cast<std::size_t>(at - row.cells.begin()));
      }
      return;
    }
    if (row.cells.size() != width) {
      throw DataError(fmt::format("{}:{}: has {} cells, and the header has {}", name_, row.line,
                                  row.cells.size(), width));
    }
    for (std::size_t k = 0; k < places.size(); ++k) cells[k] = row.cells[places[k]];
    use({row.line, cells});
  });
  for_blocks([&](std::string_view bytes) { parser.feed(bytes); });
  parser.finish();
}

}  // namespace ridgeline::data
