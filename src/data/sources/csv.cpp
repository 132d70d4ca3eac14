#include "data/sources/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
// A longer row is the rest of a file after a quote that was never closed.
constexpr std::size_t most_row_bytes = std::size_t{1} << 22;

}  // namespace

CsvParser::CsvParser(std::string file, char delimiter, UseRow use)
    : file_(std::move(file)), delimiter_(delimiter), use_(std::move(use)) {}

void CsvParser::fail(std::uint64_t line, std::string_view what) const {
  throw DataError(fmt::format("{}:{}: {}", file_, line, what));
}

void CsvParser::append(std::string_view bytes) {
  row_ += bytes;
  if (row_.size() <= most_row_bytes) return;
  if (state_ == State::quoted) fail(quote_line_, "the quote that opens here is not closed");
  fail(row_line_, fmt::format("the row is longer than {} bytes", most_row_bytes));
}

void CsvParser::end_cell() {
  ends_.push_back(row_.size());
  state_ = State::cell_start;
}

void CsvParser::end_row() {
  end_cell();
  const bool empty = ends_.size() == 1 && row_.empty() && !quoted_row_;
  if (!empty) {
    cells_.clear();
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      cells_.push_back(std::string_view(row_).substr(begin, end - begin));
      begin = end;
    }
    use_({row_line_, cells_});
  }
  row_.clear();
  ends_.clear();
  quoted_row_ = false;
}

void CsvParser::step(char c) {
  if (c == '\0') {
    fail(line_, "holds a zero byte: a table is text in UTF-8, and this is UTF-16 or not text");
  }
  const bool line_feed_of_pair = after_cr_ && c == '\n';
  after_cr_ = c == '\r';
  const bool line_end = c == '\n' || c == '\r';
  if (state_ == State::quoted) {
    if (line_end && !line_feed_of_pair) ++line_;
    if (c == '"') {
      state_ = State::quote_in_quoted;
    } else {
      append({&c, 1});
    }
    return;
  }
  if (line_feed_of_pair) {
    row_line_ = line_;
    return;
  }
  if (c == delimiter_) return end_cell();
  if (line_end) {
    end_row();
    row_line_ = ++line_;
    return;
  }
  if (c == '"' && state_ == State::cell_start) {
    state_ = State::quoted;
    quoted_row_ = true;
    quote_line_ = line_;
    return;
  }
  if (state_ == State::quote_in_quoted) {
    if (c != '"') {
      fail(line_,
           "text follows the quote that closes a cell: a quote inside a cell is written twice");
    }
    state_ = State::quoted;
  } else {
    state_ = State::plain;
  }
  append({&c, 1});
}

void CsvParser::feed(std::string_view bytes) {
  while (bom_ < byte_order_mark.size() && !bytes.empty()) {
    if (bytes.front() != byte_order_mark[bom_]) {
      const std::string_view seen = byte_order_mark.substr(0, bom_);
      bom_ = byte_order_mark.size();
      for (const char c : seen) step(c);
      break;
    }
    ++bom_;
    bytes.remove_prefix(1);
  }
  const char plain_ends[] = {delimiter_, '\n', '\r', '\0'};
  const char quoted_ends[] = {'"', '\n', '\r', '\0'};
  while (!bytes.empty()) {
    // Most bytes continue a cell, so they are copied together.
    if (!after_cr_ && (state_ == State::plain || state_ == State::quoted)) {
      const auto& ends = state_ == State::plain ? plain_ends : quoted_ends;
      const auto* stop =
          std::find_first_of(bytes.data(), bytes.data() + bytes.size(), ends, ends + 4);
      const auto count = static_cast<std::size_t>(stop - bytes.data());
      append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (bytes.empty()) return;
    }
    step(bytes.front());
    bytes.remove_prefix(1);
  }
}

void CsvParser::finish() {
  if (bom_ > 0 && bom_ < byte_order_mark.size()) {
    const std::string_view seen = byte_order_mark.substr(0, bom_);
    bom_ = byte_order_mark.size();
    for (const char c : seen) step(c);
  }
  if (state_ == State::quoted) fail(quote_line_, "the quote that opens here is not closed");
  if (!row_.empty() || !ends_.empty() || quoted_row_) end_row();
}

}  // namespace ridgeline::data
