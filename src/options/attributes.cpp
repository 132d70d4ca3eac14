#include "ridgeline/attributes.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "options/check.hpp"

namespace ridgeline {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view wanted,
                         const AttributeValue& value) {
  const std::string_view quote = std::holds_alternative<std::string>(value) ? "'" : "";
  throw UsageError(fmt::format("{0} must be {1}, not {3}{2}{3}", name, wanted, text(value), quote));
}

struct Writer {
  std::string operator()(const std::string& word) const { return word; }
  template <typename Value>
  std::string operator()(const std::vector<Value>& list) const {
    return fmt::format("[{}]", fmt::join(list, ", "));
  }
  template <typename Value>
  std::string operator()(Value value) const {
    return fmt::format("{}", value);
  }
};

std::string_view existing(const Attributes& attributes, std::string_view name) {
  if (attributes.find(name)) return name;
  throw UsageError(fmt::format("there is no option '{}'", name));
}

}  // namespace

void Attributes::set(std::string name, AttributeValue value) {
  const auto same = [&](const auto& item) { return item.first == name; };
  if (const auto item = std::ranges::find_if(items_, same); item != items_.end()) {
    item->second = std::move(value);
  } else {
    items_.emplace_back(std::move(name), std::move(value));
  }
}

const AttributeValue* Attributes::find(std::string_view name) const {
  const auto same = [&](const auto& item) { return item.first == name; };
  const auto item = std::ranges::find_if(items_, same);
  return item == items_.end() ? nullptr : &item->second;
}

bool Attributes::boolean(std::string_view name, bool fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return fallback;
  if (const auto* flag = std::get_if<bool>(value)) return *flag;
  refuse(name, "true or false", *value);
}

std::int64_t Attributes::integer(std::string_view name, std::int64_t fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return fallback;
  if (const auto* number = std::get_if<std::int64_t>(value)) return *number;
  refuse(name, "a whole number", *value);
}

double Attributes::real(std::string_view name, double fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return fallback;
  if (const auto* number = std::get_if<double>(value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(value)) return static_cast<double>(*number);
  refuse(name, "a number", *value);
}

std::string Attributes::text(std::string_view name, std::string_view fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return std::string(fallback);
  if (const auto* word = std::get_if<std::string>(value)) return *word;
  refuse(name, "a text", *value);
}

std::vector<std::int64_t> Attributes::integers(std::string_view name,
                                               std::vector<std::int64_t> fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return fallback;
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(value)) return *list;
  if (const auto* number = std::get_if<std::int64_t>(value)) return {*number, *number};
  refuse(name, "a whole number or a list of them", *value);
}

std::vector<double> Attributes::reals(std::string_view name, std::vector<double> fallback) const {
  const AttributeValue* value = find(name);
  if (!value) return fallback;
  if (const auto* list = std::get_if<std::vector<double>>(value)) return *list;
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(value)) {
    return {list->begin(), list->end()};
  }
  if (const auto* number = std::get_if<double>(value)) return {*number};
  if (const auto* number = std::get_if<std::int64_t>(value)) return {static_cast<double>(*number)};
  refuse(name, "a list of numbers", *value);
}

bool Attributes::boolean(std::string_view name) const {
  return boolean(existing(*this, name), false);
}
std::int64_t Attributes::integer(std::string_view name) const {
  return integer(existing(*this, name), 0);
}
double Attributes::real(std::string_view name) const {
  return real(existing(*this, name), 0);
}
std::string Attributes::text(std::string_view name) const {
  return text(existing(*this, name), "");
}
std::vector<double> Attributes::reals(std::string_view name) const {
  return reals(existing(*this, name), {});
}

void Attributes::expect_only(std::string_view owner,
                             std::span<const std::string_view> known) const {
  for (const auto& [name, value] : items_) {
    require(std::ranges::find(known, name) != known.end(), "{} has no key '{}': {}", owner, name,
            suggestion(name, known));
  }
}

std::string text(const AttributeValue& value) {
  return std::visit(Writer{}, value);
}

}  // namespace ridgeline
