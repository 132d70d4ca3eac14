// Attributes, whose users know the types, and options, which declare them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiment/codec.hpp"

namespace ridgeline::experiment {
namespace {

struct Encoder {
  Value operator()(const std::vector<std::int64_t>& items) const {
    Array array;
    for (const auto item : items) array.push_back(encode(item));
    return {.data = std::move(array), .where = {}};
  }
  Value operator()(const auto& value) const { return encode(value); }
};

void decode(const Value& value, std::string_view key, std::vector<std::int64_t>& out) {
  out.clear();
  for (const Value& item : expect<Array>(value, key, "an array of whole numbers")) {
    experiment::decode(item, fmt::format("{}[{}]", key, out.size()), out.emplace_back());
  }
}

void check(const Limits& limits, double number, const Value& value, std::string_view key) {
  if (!limits.hold(number)) fail(value, key, limits.must_be(number));
}

}  // namespace

AttributeValue decode_attribute(const Value& value, std::string_view key) {
  if (const auto* array = value.get<Array>()) {
    const bool whole = std::ranges::all_of(
        *array, [](const Value& item) { return item.get<std::int64_t>() != nullptr; });
    if (whole) {
      std::vector<std::int64_t> items;
      for (const Value& item : *array) items.push_back(*item.get<std::int64_t>());
      return items;
    }
    std::vector<double> items;
    decode(value, key, items);
    return items;
  }
  if (value.get<Table>()) fail(value, key, "a number, a string, true, false or an array");
  if (const auto* boolean = value.get<bool>()) return *boolean;
  if (const auto* integer = value.get<std::int64_t>()) return *integer;
  if (const auto* real = value.get<double>()) return *real;
  return std::get<std::string>(value.data);
}

Value encode_attribute(const AttributeValue& value) {
  return std::visit(Encoder{}, value);
}

AttributeValue decode_option(const Option& option, const Value& value, std::string_view key) {
  const auto* text = value.get<std::string>();
  if (text && !option.word.empty()) {
    if (*text == option.word) return *text;
    fail(value, key, fmt::format("an array, or \"{}\"", option.word));
  }
  return std::visit(
      [&]<typename T>(const T&) -> AttributeValue {
        T read{};
        decode(value, key, read);
        if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>) {
          check(option.limits, static_cast<double>(read), value, key);
        } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>> ||
                             std::is_same_v<T, std::vector<double>>) {
          for (std::size_t i = 0; i < read.size(); ++i) {
            check(option.limits, static_cast<double>(read[i]), encode_attribute(read[i]),
                  fmt::format("{}[{}]", key, i));
          }
        } else if constexpr (std::is_same_v<T, std::string>) {
          const auto& known = option.choices;
          if (!known.empty() && std::ranges::find(known, read) == known.end()) {
            fail(value, key, fmt::format("\"{}\"", fmt::join(known, "\" or \"")));
          }
        }
        return read;
      },
      option.value);
}

}  // namespace ridgeline::experiment
