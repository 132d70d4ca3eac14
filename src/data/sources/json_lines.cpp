#include "data/sources/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_line_bytes = std::size_t{1} << 22;

Json object_of(std::string_view line, std::string_view where) {
  try {
    Json json = Json::parse(line);
    if (json.is_object()) return json;
  } catch (const Json::parse_error& error) {
    throw DataError(
        fmt::format("{}: is not JSON at character {}: each line must be an object such "
                    "as {{\"path\": \"1.jpg\", \"label\": \"cat\"}}",
                    where, error.byte));
  } catch (const Json::out_of_range&) {
    throw DataError(fmt::format("{}: holds a number that is too large", where));
  }
  throw DataError(fmt::format("{}: is not an object such as {{\"path\": \"1.jpg\"}}", where));
}

std::string scalar(const Json& value, std::string_view where, std::string_view column) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (value.is_number()) return value.dump();
  if (value.is_null()) return {};
  throw DataError(
      fmt::format("{}: \"{}\" is neither text, a number nor a list of them", where, column));
}

std::string cell(const Json& object, std::string_view where, const std::string& column) {
  const auto found = object.find(column);
  if (found == object.end()) return {};
  if (!found->is_array()) return scalar(*found, where, column);
  // A list without elements is still a list, not an empty cell.
  std::string list(found->empty() ? 1 : 0, list_separator);
  for (const Json& element : *found) list += scalar(element, where, column) + list_separator;
  return list;
}

}  // namespace

JsonLines::JsonLines(std::string file, std::vector<std::string> columns, UseRow use)
    : file_(std::move(file)), columns_(std::move(columns)), use_(std::move(use)) {}

void JsonLines::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    rest_ += bytes.substr(0, end);
    if (rest_.size() > most_line_bytes) {
      throw DataError(fmt::format("{}:{}: the line is longer than {} bytes", file_, line_ + 1,
                                  most_line_bytes));
    }
    if (end == std::string_view::npos) return;
    parse(rest_);
    rest_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void JsonLines::finish() {
  if (!rest_.empty()) parse(rest_);
  rest_.clear();
}

void JsonLines::parse(std::string_view line) {
  ++line_;
  if (line_ == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  const std::string where = fmt::format("{}:{}", file_, line_);
  const Json object = object_of(line, where);
  std::vector<std::string> texts;
  for (const std::string& column : columns_) texts.push_back(cell(object, where, column));
  const std::vector<std::string_view> cells(texts.begin(), texts.end());
  use_({line_, cells});
}

std::vector<std::string> json_keys(std::string_view line, std::string_view file) {
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  std::vector<std::string> keys;
  const Json object = object_of(line, fmt::format("{}:1", file));
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace ridgeline::data
