#include "experiment/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ridgeline::experiment {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool is_bare(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string array_text(const Array& array) {
  const bool tables =
      std::ranges::any_of(array, [](const Value& item) { return item.get<Table>() != nullptr; });
  std::string out = "[";
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (tables) {
      out += fmt::format("\n  {},", to_toml(array[i]));
    } else {
      out += fmt::format("{}{}", i ? ", " : "", to_toml(array[i]));
    }
  }
  return out + (tables ? "\n]" : "]");
}

std::string table_text(const Table& table) {
  std::string out = "{";
  for (std::size_t i = 0; i < table.size(); ++i) {
    out +=
        fmt::format("{} {} = {}", i ? "," : "", to_toml_key(table[i].key), to_toml(table[i].value));
  }
  return out + (table.empty() ? "}" : " }");
}

struct TomlText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  // The shortest digits that read back as the same number. fmt and TOML write nan and inf the same
  // way.
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Array& value) const { return array_text(value); }
  std::string operator()(const Table& value) const { return table_text(value); }
};

}  // namespace

void mark_recorded(Table& table) {
  const auto mark = [](Value& value, auto& self) -> void {
    value.recorded = true;
    if (auto* array = std::get_if<Array>(&value.data)) {
      for (Value& item : *array) self(item, self);
    } else if (auto* inner = std::get_if<Table>(&value.data)) {
      mark_recorded(*inner);
    }
  };
  for (Entry& entry : table) mark(entry.value, mark);
}

const Value* find(const Table& table, std::string_view key) {
  const auto entry = std::ranges::find(table, key, &Entry::key);
  return entry == table.end() ? nullptr : &entry->value;
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 120;
  if (text.size() <= longest) return std::string(text);
  // Do not cut a character of several bytes.
  std::size_t end = longest;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
  return fmt::format("{}...", text.substr(0, end));
}

std::string to_toml(const Value& value) {
  return std::visit(TomlText{}, value.data);
}

std::string to_toml_key(std::string_view key) {
  return is_bare(key) ? std::string(key) : quoted(key);
}

std::string describe(const Value& value) {
  if (const auto* text = value.get<std::string>()) return "the string " + quoted(excerpt(*text));
  if (value.get<Array>()) return "an array";
  if (const auto* table = value.get<Table>()) return table->empty() ? "an empty table" : "a table";
  return to_toml(value);
}

void fail(const Value& value, std::string_view key, std::string_view must_be) {
  throw UsageError(
      fmt::format("{}{} must be {}, not {}", value.where, key, must_be, describe(value)));
}

}  // namespace ridgeline::experiment
