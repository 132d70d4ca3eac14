#include "experiment/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace ridgeline::experiment {
namespace {

/// Where a node of `file` stands; without a file there is nothing to say.
std::string where(const toml::source_region& source, std::string_view file) {
  return file.empty() ? std::string() : fmt::format("{}:{}: ", file, source.begin.line);
}

Value convert(const toml::node& node, std::string_view file);

Table convert_table(const toml::table& table, std::string_view file) {
  Table entries;
  for (auto&& [key, node] : table) {
    entries.push_back({std::string(key.str()), convert(node, file)});
  }
  // The library sorts by key; errors and graphs want the file's order.
  std::ranges::stable_sort(entries, {}, [&](const Entry& entry) {
    const auto& begin = table.find(entry.key)->first.source().begin;
    return std::pair(begin.line, begin.column);
  });
  return entries;
}

Value convert(const toml::node& node, std::string_view file) {
  Value value{.data = false, .where = where(node.source(), file)};
  if (const auto* table = node.as_table()) {
    value.data = convert_table(*table, file);
  } else if (const auto* array = node.as_array()) {
    Array items;
    for (const toml::node& item : *array) items.push_back(convert(item, file));
    value.data = std::move(items);
  } else if (const auto* boolean = node.as_boolean()) {
    value.data = boolean->get();
  } else if (const auto* integer = node.as_integer()) {
    value.data = integer->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.data = real->get();
  } else if (const auto* string = node.as_string()) {
    value.data = string->get();
  } else {
    throw UsageError(value.where + "a date or time is not a value of any key: put it in quotes");
  }
  return value;
}

std::optional<toml::table> try_parse(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

/// A value that starts like this is TOML or a mistake; anything else may be a bare word.
bool looks_structured(std::string_view value) {
  return value.empty() || std::string_view("[{\"'").find(value.front()) != std::string_view::npos;
}

/// Whether what TOML refuses is a number all the same: one that is too large.
bool is_number(const std::string& value) {
  char* end = nullptr;
  std::strtod(value.c_str(), &end);
  return end == value.c_str() + value.size() && value.find_first_of("0123456789") < 2;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Table parse_toml(std::string_view text, std::string_view file) {
  try {
    return convert_table(toml::parse(text, file), file);
  } catch (const toml::parse_error& error) {
    throw UsageError(
        fmt::format("{}this is not TOML: {}", where(error.source(), file), error.description()));
  }
}

Table parse_override(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view key = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || key.empty()) {
    throw UsageError(fmt::format("'{}' must be key=value, such as train.epochs=5", text));
  }
  const std::string_view value = trim(text.substr(equals + 1));
  auto table = try_parse(fmt::format("{} = {}", key, value));
  if (!table && is_number(std::string(value))) {
    throw UsageError(
        fmt::format("{}: the number {} is too large, or not as TOML writes numbers", key, value));
  }
  if (!table && !looks_structured(value)) {
    table = try_parse(
        fmt::format("{} = {}", key, to_toml(Value{.data = std::string(value), .where = {}})));
  }
  if (!table) {
    throw UsageError(
        fmt::format("'{}' must be key=value with the value in TOML's syntax, such as "
                    "train.epochs=5, data.augment='[\"flip\"]' or model.preset=lenet5",
                    text));
  }
  return convert_table(*table, {});
}

}  // namespace ridgeline::experiment
