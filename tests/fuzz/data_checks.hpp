#pragma once
// What must hold for any bytes that the parsers of data sources get. The fuzzers give them new
// bytes, and tests/data/mutations_test.cpp gives them the seeds and damaged copies of the seeds.

#include <fmt/format.h>
#include <zlib.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/sources/archive_index.hpp"
#include "data/sources/csv.hpp"
#include "data/sources/folder_index.hpp"
#include "data/sources/json_lines.hpp"
#include "data/sources/table_rows.hpp"
#include "fuzz/input.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::test {

inline std::string_view text_of(Input input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

/// The rows of a parser that gets a text in pieces, and then the error, if there is one.
template <typename Make>
std::string parsed(std::string_view text, std::size_t piece, Make make) {
  std::string result;
  auto parser = make([&](const data::TableRow& row) {
    result += fmt::format("{}:", row.line);
    for (const std::string_view cell : row.cells) result += fmt::format("[{}]", cell);
  });
  try {
    for (std::size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
    parser.finish();
  } catch (const DataError& error) {
    result += error.what();
  }
  return result;
}

/// A parser gives the same whatever the pieces.
template <typename Make>
void check_pieces(Input input, Make make) {
  const std::string_view text = text_of(input);
  const std::string whole = parsed(text, text.size() + 1, make);
  for (const std::size_t piece : {1, 2, 7}) must(parsed(text, piece, make) == whole);
}

inline void check_csv(Input input) {
  check_pieces(input, [](data::UseRow use) { return data::CsvParser("t", ',', std::move(use)); });
}

inline void check_json_lines(Input input) {
  check_pieces(input, [](data::UseRow use) {
    return data::JsonLines("t", {"path", "label"}, std::move(use));
  });
}

/// Any table is read, or refused by a DataError, as each task and as the one that its cells tell.
inline void check_table(Input input) {
  for (const char* kind : {"csv", "json-lines"}) {
    for (const std::string task : {"", "classify", "multi-label", "regress"}) {
      try {
        const data::TableFile table("t", {input.begin(), input.end()});
        const data::TableFormat format = table.format(kind, "");
        const TableOptions options{.task = task,
                                   .label_separator = task == "multi-label" ? "|" : ""};
        data::TableColumns columns = data::find_columns(table, format, options);
        data::TableTargets targets(columns.targets);
        const data::TableRows rows = data::read_rows(table, format, columns, targets);
        targets.finish(rows.rows, {}, table.name());
        data::SampleColumns samples;
        for (std::size_t row = 0; row < rows.size(); ++row) targets.copy(row, samples);
        for (const std::int32_t label : samples.labels) {
          must(label >= 0 && static_cast<std::size_t>(label) < targets.schema().names.size());
        }
      } catch (const DataError&) {
        continue;
      }
    }
  }
}

/// An archive is refused, or all its members have a place of their own inside it, and are read or
/// refused.
inline void check_archive(
    Input input, std::shared_ptr<const data::FileTree> (*open)(const std::filesystem::path&)) {
  constexpr std::uint64_t some = 1 << 16;
  const MemoryFile file(input);
  try {
    const auto tree = open(file.path());
    for (std::size_t f = 0; f < tree->files().size(); ++f) {
      const std::string path = tree->files().path(f);
      must(data::inner_path(path) == path);
      must(tree->files().find(path) == f);
      try {
        must(tree->read(f, some).size() <= some);
      } catch (const DataError&) {
        continue;
      }
    }
  } catch (const DataError&) {
    return;
  }
}

inline void check_zip(Input input) {
  check_archive(input, [](const auto& path) { return data::open_zip(path); });
}
inline void check_tar(Input input) {
  check_archive(input, [](const auto& path) { return data::open_tar(path); });
}

/// `input` with the checksum that an index needs, because no mutation would find it.
inline std::vector<std::uint8_t> with_checksum(Input input) {
  std::vector<std::uint8_t> bytes(input.begin(), input.end());
  const std::uint64_t sum = crc32_z(0, bytes.data(), bytes.size());
  const auto* at = reinterpret_cast<const std::uint8_t*>(&sum);
  bytes.insert(bytes.end(), at, at + sizeof sum);
  return bytes;
}

/// Writing gives the same bytes that were read.
inline void check_folder_index(Input input) {
  const std::vector<std::uint8_t> bytes = with_checksum(input);
  try {
    const data::FolderListing listing = data::read_index(bytes, "key");
    must(data::write_index(listing, "key") == text_of(bytes));
  } catch (const DataError&) {
    return;
  }
}

inline void check_archive_index(Input input) {
  const std::vector<std::uint8_t> bytes = with_checksum(input);
  try {
    const data::ArchiveIndex index = data::read_archive_index(bytes, "key");
    must(data::write_archive_index(index, "key") == text_of(bytes));
  } catch (const DataError&) {
    return;
  }
}

}  // namespace ridgeline::test
