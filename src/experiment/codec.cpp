#include "experiment/codec.hpp"

#include <algorithm>
#include <cmath>

#include "experiment/checks.hpp"
#include "ridgeline/attributes.hpp"

namespace ridgeline::experiment {
namespace {

template <typename T>
std::vector<T> decode_items(const Value& value, std::string_view key, std::string_view type) {
  std::vector<T> items;
  for (const Value& item : expect<Array>(value, key, type)) {
    T one{};
    decode(item, fmt::format("{}[{}]", key, items.size()), one);
    items.push_back(std::move(one));
  }
  return items;
}

template <typename T>
Value encode_items(const std::vector<T>& items) {
  Array array;
  for (const T& item : items) array.push_back(encode(item));
  return {.data = std::move(array), .where = {}};
}

}  // namespace

void decode(const Value& value, std::string_view key, bool& out) {
  out = expect<bool>(value, key, "true or false");
}

void decode(const Value& value, std::string_view key, std::int64_t& out) {
  const auto* real = value.get<double>();
  if (real && std::rint(*real) == *real && std::abs(*real) < 1e15) {
    throw UsageError(
        fmt::format("{}{} must be a whole number: write {:.0f}, without a point or an exponent",
                    value.where, key, *real));
  }
  out = expect<std::int64_t>(value, key, "a whole number");
}

void decode(const Value& value, std::string_view key, double& out) {
  const auto* whole = value.get<std::int64_t>();
  out = whole ? static_cast<double>(*whole) : expect<double>(value, key, "a number");
  if (!std::isfinite(out)) fail(value, key, "a finite number");
}

void decode(const Value& value, std::string_view key, std::string& out) {
  out = expect<std::string>(value, key, "a string");
}

void decode(const Value& value, std::string_view key, Precision& out) {
  const auto& name = expect<std::string>(value, key, "a string");
  one_of({"fp32", "bf16"})(value, key);
  out = *precision_named(name);
}

void decode(const Value& value, std::string_view key, std::vector<std::string>& out) {
  out = decode_items<std::string>(value, key, "an array of strings");
}

void decode(const Value& value, std::string_view key, std::vector<double>& out) {
  out = decode_items<double>(value, key, "an array of numbers");
}

void decode(const Value& value, std::string_view key, std::variant<double, std::string>& out) {
  if (const auto* text = value.get<std::string>()) {
    out = *text;
  } else if (value.get<double>() || value.get<std::int64_t>()) {
    decode(value, key, out.emplace<double>());
  } else {
    fail(value, key, "a number or a string");
  }
}

void decode(const Value& value, std::string_view key, std::vector<PenaltyRule>& out) {
  out = decode_items<PenaltyRule>(value, key, "an array of tables");
}

void decode(const Value& value, std::string_view key, std::vector<RateRule>& out) {
  out = decode_items<RateRule>(value, key, "an array of tables");
}

Value encode(bool value) {
  return {.data = value, .where = {}};
}
Value encode(std::int64_t value) {
  return {.data = value, .where = {}};
}
Value encode(double value) {
  return {.data = value, .where = {}};
}
Value encode(std::string value) {
  return {.data = std::move(value), .where = {}};
}
Value encode(Precision value) {
  return encode(std::string(name_of(value)));
}
Value encode(const std::vector<std::string>& value) {
  return encode_items(value);
}
Value encode(const std::vector<double>& value) {
  return encode_items(value);
}
Value encode(const std::vector<PenaltyRule>& value) {
  return encode_items(value);
}
Value encode(const std::vector<RateRule>& value) {
  return encode_items(value);
}

Value encode(const std::variant<double, std::string>& value) {
  return std::visit([](const auto& held) { return encode(held); }, value);
}

void expect_only(const Table& table, std::string_view key,
                 std::span<const std::string_view> known) {
  for (const auto& [name, value] : table) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string guess = nearest(name, known);
    throw UsageError(fmt::format("{}{} has no key '{}'{}", value.where, key, name,
                                 guess.empty() ? fmt::format(": it has {}", fmt::join(known, ", "))
                                               : fmt::format(": did you mean '{}'?", guess)));
  }
}

}  // namespace ridgeline::experiment
