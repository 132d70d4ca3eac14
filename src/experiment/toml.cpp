#include "experiment/toml.hpp"

#include <fmt/format.h>

// The library asserts things about the user's text. They must not abort a debug build.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "experiment/nesting.hpp"

namespace ridgeline::experiment {
namespace {

/// The place of a node of `file`; empty without a file.
std::string where(const toml::source_region& source, std::string_view file) {
  return file.empty() ? std::string() : fmt::format("{}:{}: ", file, source.begin.line);
}

Value convert(const toml::node& node, std::string_view file);

Table convert_table(const toml::table& table, std::string_view file) {
  Table entries;
  for (auto&& [key, node] : table) {
    entries.push_back({std::string(key.str()), convert(node, file)});
  }
  // The library sorts by key, but errors and graphs need the file's order.
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

/// What the parser was reading, in our words, by the first words of its description.
std::string_view part_of(std::string_view description) {
  static constexpr std::pair<std::string_view, std::string_view> parts[] = {
      {"string", "a text in quotes"},
      {"literal string", "a text in quotes"},
      {"unicode scalar sequence", "a text in quotes"},
      {"boolean", "true or false"},
      {"key", "a key"},
      {"table header", "the header of a table"},
      {"key-value pair", "key = value"},
      {"array", "an array"},
      {"inline table", "a table in braces"},
      {"date", "a date"},
      {"time", "a time"},
      {"comment", "a comment"}};
  constexpr std::string_view begin = "Error while parsing ";
  if (!description.starts_with(begin)) return "a character";
  const std::string_view rest = description.substr(begin.size());
  const std::string_view scope = rest.substr(0, rest.find(':'));
  for (const auto& [name, ours] : parts) {
    if (scope == name) return ours;
  }
  return "a value";
}

/// The key that is given twice, if that is the error; an empty text if the parser
/// does not name it.
std::optional<std::string> given_twice(std::string_view description) {
  constexpr std::string_view twice = "cannot redefine existing ";
  const auto at = description.find(twice);
  if (at == std::string_view::npos) return std::nullopt;
  const auto begin = description.find('\'', at), end = description.rfind('\'');
  if (begin == std::string_view::npos || end <= begin) return std::string();
  return std::string(description.substr(begin + 1, end - begin - 1));
}

std::string line_of(std::string_view text, std::size_t line) {
  for (; line > 1 && !text.empty(); --line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return excerpt(text.substr(0, text.find_first_of("\r\n")));
}

/// What is wrong with a text that is not TOML.
std::string problem_of(const toml::parse_error& error, std::string_view text) {
  const toml::source_position& at = error.source().begin;
  if (const auto key = given_twice(error.description())) {
    return key->empty() ? "a key is given twice, as a value and as a table"
                        : fmt::format("'{}' is given twice", *key);
  }
  const std::string line = line_of(text, at.line);
  return fmt::format("{} is wrong or not complete at column {}{}", part_of(error.description()),
                     at.column, line.empty() ? "" : fmt::format(" of `{}`", line));
}

/// `key = value` as a table; nothing if it is not TOML. Throws UsageError for a key given twice.
std::optional<toml::table> try_parse(std::string_view key, std::string_view value) {
  const std::string text = fmt::format("{} = {}", key, value);
  check_nesting(text, {});
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    if (!given_twice(error.description())) return std::nullopt;
    throw UsageError(fmt::format("{}: {}", key, problem_of(error, text)));
  }
}

/// Whether one of the names between dots is missing. Empty names in quotes are allowed.
bool has_empty_part(std::string_view key) {
  bool empty = true;
  for (const char c : key) {
    if (c == '.' && empty) return true;
    empty = c == '.' || (empty && (c == ' ' || c == '\t'));
  }
  return empty;
}

/// Whether a value begins with a placeholder, as in train.run={name}-{time}.
bool begins_with_placeholder(std::string_view value) {
  const std::size_t end = value.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 1);
  return value.starts_with('{') && end != std::string_view::npos && end > 1 && value[end] == '}';
}

/// A value that starts like this is TOML or a mistake; anything else may be a bare word.
bool looks_structured(std::string_view value) {
  if (begins_with_placeholder(value)) return false;
  return value.empty() || std::string_view("[{\"'").find(value.front()) != std::string_view::npos;
}

/// Whether the value is a number. TOML refuses numbers that are too large.
bool is_number(std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return end == value.data() + value.size() && value.find_first_of("0123456789") < 2;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Table parse_toml(std::string_view text, std::string_view file) {
  check_nesting(text, file);
  try {
    return convert_table(toml::parse(text, file), file);
  } catch (const toml::parse_error& error) {
    throw UsageError(fmt::format("{}this is not TOML: {}", where(error.source(), file),
                                 problem_of(error, text)));
  }
}

Table parse_override(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view key = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || key.empty()) {
    throw UsageError(fmt::format("'{}' must be key=value, such as train.epochs=5", excerpt(text)));
  }
  if (has_empty_part(key)) {
    throw UsageError(fmt::format("'{}': the key '{}' lacks a part: it must be like train.epochs",
                                 excerpt(text), excerpt(key)));
  }
  const std::string_view value = trim(text.substr(equals + 1));
  auto table = try_parse(key, value);
  if (!table && is_number(value)) {
    throw UsageError(fmt::format("{}: the number {} is too large, or not as TOML writes numbers",
                                 key, excerpt(value)));
  }
  if (!table && !looks_structured(value)) {
    table = try_parse(key, to_toml(Value{.data = std::string(value), .where = {}}));
  }
  if (!table) {
    throw UsageError(
        fmt::format("'{}' must be key=value with the value in TOML's syntax, such as "
                    "train.epochs=5, data.augment='[\"flip\"]' or model.preset=lenet5",
                    excerpt(text)));
  }
  return convert_table(*table, {});
}

}  // namespace ridgeline::experiment
