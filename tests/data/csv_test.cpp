#include "data/sources/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/sources/json_lines.hpp"
#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Cells = std::vector<std::string>;

/// The rows of a text that is fed in pieces of `piece` bytes.
std::vector<Cells> rows_of(std::string_view text, std::size_t piece = 1000, char delimiter = ',') {
  std::vector<Cells> rows;
  CsvParser parser("t.csv", delimiter, [&](const TableRow& row) {
    rows.emplace_back(row.cells.begin(), row.cells.end());
  });
  for (std::size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
  parser.finish();
  return rows;
}

std::vector<std::uint64_t> lines_of(std::string_view text) {
  std::vector<std::uint64_t> lines;
  CsvParser parser("t.csv", ',', [&](const TableRow& row) { lines.push_back(row.line); });
  parser.feed(text);
  parser.finish();
  return lines;
}

TEST(Csv, FollowsTheStandard) {
  for (std::size_t piece : {1U, 2U, 3U, 1000U}) {
    EXPECT_THAT(rows_of("a,b\n1,2\n", piece), ElementsAre(Cells{"a", "b"}, Cells{"1", "2"}));
    EXPECT_THAT(rows_of("a,b\r\n1,2", piece), ElementsAre(Cells{"a", "b"}, Cells{"1", "2"}));
    EXPECT_THAT(rows_of("a\rb\r", piece), ElementsAre(Cells{"a"}, Cells{"b"}));
    EXPECT_THAT(rows_of("a,,\n,\n", piece), ElementsAre(Cells{"a", "", ""}, Cells{"", ""}));
    EXPECT_THAT(rows_of("\"a,\"\"b\"\"\r\nc\",d\n", piece),
                ElementsAre(Cells{"a,\"b\"\r\nc", "d"}));
    EXPECT_THAT(rows_of("\"\"\n", piece), ElementsAre(Cells{""}));
    EXPECT_THAT(rows_of("\n\na\n\n\r\nb\n", piece), ElementsAre(Cells{"a"}, Cells{"b"}));
    EXPECT_THAT(rows_of("\xef\xbb\xbf"
                        "a,\xc3\xa4\n",
                        piece),
                ElementsAre(Cells{"a", "\xc3\xa4"}));
    EXPECT_THAT(rows_of("\xef\xbb", piece), ElementsAre(Cells{"\xef\xbb"}));
    EXPECT_THAT(rows_of("", piece), IsEmpty());
    EXPECT_THAT(rows_of("a b\tc\n", piece, '\t'), ElementsAre(Cells{"a b", "c"}));
    EXPECT_THAT(rows_of("5\"x7\",b\n", piece), ElementsAre(Cells{"5\"x7\"", "b"}));
  }
}

TEST(Csv, CountsLines) {
  EXPECT_THAT(lines_of("a\n\n\"b\nc\r\nd\"\ne\r\nf"), ElementsAre(1, 3, 6, 7));
  EXPECT_THAT(lines_of("a\r\n\r\nb\rc"), ElementsAre(1, 3, 4));
}

TEST(Csv, SaysWhereItIsWrong) {
  const auto error = [](std::string_view text) {
    return message_of<DataError>([&] { rows_of(text, 7); });
  };
  EXPECT_EQ(error("a\nb,\"open\n\n"), "t.csv:2: the quote that opens here is not closed");
  EXPECT_THAT(error("a\n\"b\"c\n"),
              HasSubstr("t.csv:2: text follows the quote that closes a cell"));
  EXPECT_THAT(error(std::string("a\nb\0c", 5)), HasSubstr("t.csv:2: holds a zero byte"));
  EXPECT_THAT(error("a\n\"" + std::string(5'000'000, 'x')), HasSubstr("t.csv:2: the quote"));
  EXPECT_THAT(error("a\n" + std::string(5'000'000, 'x')), HasSubstr("t.csv:2: the row is longer"));
}

std::vector<Cells> json_rows(std::string_view text, const Cells& columns,
                             std::size_t piece = 1000) {
  std::vector<Cells> rows;
  JsonLines parser("t.jsonl", columns, [&](const TableRow& row) {
    rows.emplace_back(row.cells.begin(), row.cells.end());
  });
  for (std::size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
  parser.finish();
  return rows;
}

TEST(JsonLines, GivesCells) {
  const std::string text =
      "{\"p\": \"a\\u00e4\", \"v\": 1.5, \"b\": true, \"n\": null}\n\n"
      "{\"v\": -2, \"l\": [\"x\", 3], \"p\": \"\"}\r\n{\"b\": false}";
  for (std::size_t piece : {1U, 5U, 1000U}) {
    EXPECT_THAT(json_rows(text, {"p", "v", "b", "n", "l"}, piece),
                ElementsAre(Cells{"a\xc3\xa4", "1.5", "1", "", ""},
                            Cells{"", "-2", "", "",
                                  "x\x1f"
                                  "3\x1f"},
                            Cells{"", "", "0", "", ""}));
  }
}

TEST(JsonLines, SaysWhereItIsWrong) {
  const auto error = [](std::string_view text) {
    return message_of<DataError>([&] { json_rows(text, {"p"}); });
  };
  EXPECT_THAT(error("{\"p\": 1}\n{\"p\": \n"), HasSubstr("t.jsonl:2: is not JSON at character"));
  EXPECT_THAT(error("[1]\n"), HasSubstr("t.jsonl:1: is not an object"));
  EXPECT_THAT(error("{\"p\": {}}"), HasSubstr("t.jsonl:1: \"p\" is neither text, a number nor"));
  EXPECT_THAT(error("{\"p\": [[]]}"), HasSubstr("t.jsonl:1: \"p\" is neither"));
  EXPECT_THAT(error(std::string(200'000, '[')), HasSubstr("is not JSON"));
  EXPECT_THAT(error(std::string(5'000'000, ' ')), HasSubstr("t.jsonl:1: the line is longer"));
  EXPECT_THAT(error("{\"p\": 1e999}"), HasSubstr("t.jsonl:1: holds a number that is too large"));
  EXPECT_THAT(error("{\"p\": \"\xff\"}"), HasSubstr("is not JSON"));
}

}  // namespace
}  // namespace ridgeline::data
