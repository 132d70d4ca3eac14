#include "data/pictures/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::array<std::pair<std::string_view, Filter>, 2> filters{
    {{"nearest", Filter::nearest}, {"bilinear", Filter::bilinear}}};
constexpr std::array<std::pair<std::string_view, Border>, 2> borders{
    {{"fill", Border::fill}, {"reflect", Border::reflect}}};

template <typename Choices, typename Value>
Option word_option(Option option, const Choices& choices, Value value) {
  for (const auto& [word, known] : choices) {
    option.choices.emplace_back(word);
    if (known == value) option.value = std::string(word);
  }
  return option;
}

template <typename Choices, typename Value>
void choose(const Choices& choices, const AttributeValue& value, Value& to) {
  const auto& word = std::get<std::string>(value);
  to = std::ranges::find(choices, word, [](const auto& choice) { return choice.first; })->second;
}

/// The number of an option of either type.
std::optional<double> number(const AttributeValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(&value);
  return real ? std::optional(*real) : std::nullopt;
}

}  // namespace

Option option_of(std::string name, std::string meaning, double value, Limits limits) {
  return {std::move(name), std::move(meaning), value, limits};
}
Option option_of(std::string name, std::string meaning, std::int64_t value, Limits limits) {
  return {std::move(name), std::move(meaning), value, limits};
}
Option option_of(std::string name, std::string meaning, bool value, Limits) {
  return {std::move(name), std::move(meaning), value};
}
Option option_of(std::string name, std::string meaning, Filter value, Limits) {
  return word_option({std::move(name), std::move(meaning), std::string()}, filters, value);
}
Option option_of(std::string name, std::string meaning, Border value, Limits) {
  return word_option({std::move(name), std::move(meaning), std::string()}, borders, value);
}
Option option_of(std::string name, std::string meaning, const Colour& value, Limits) {
  return {std::move(name), std::move(meaning),
          std::vector<std::int64_t>(value.begin(), value.end()), Limits{.least = 0, .most = 255}};
}

void from_attribute(const AttributeValue& value, double& to) {
  to = std::get<double>(value);
}
void from_attribute(const AttributeValue& value, std::int64_t& to) {
  to = std::get<std::int64_t>(value);
}
void from_attribute(const AttributeValue& value, bool& to) {
  to = std::get<bool>(value);
}
void from_attribute(const AttributeValue& value, Filter& to) {
  choose(filters, value, to);
}
void from_attribute(const AttributeValue& value, Border& to) {
  choose(borders, value, to);
}
void from_attribute(const AttributeValue& value, Colour& to) {
  std::ranges::transform(std::get<std::vector<std::int64_t>>(value), to.begin(),
                         [](std::int64_t level) { return static_cast<std::uint8_t>(level); });
}

void check_pairs(std::string_view augmentation, const Attributes& options) {
  for (const auto& [name, value] : options.items()) {
    if (!name.starts_with("min_")) continue;
    const std::string largest = "max_" + name.substr(4);
    const AttributeValue* other = options.find(largest);
    const auto low = number(value), high = other ? number(*other) : std::nullopt;
    if (!low || !high || *low <= *high) continue;
    throw UsageError(
        fmt::format("{} of the augmentation {} must be at most {}, which is {}, not {}", name,
                    augmentation, largest, *high, *low));
  }
}

}  // namespace ridgeline::data
