#pragma once
// A layer's options as attributes. A table of fields per options struct, in the order in which
// they are written, serves reading, writing, printing and the refusal of unknown keys:
//   template <> inline constexpr auto fields<Dropout> = std::tuple(Field{"rate", &Dropout::rate});

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "network/check.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/option.hpp"

namespace ridgeline::network {

template <typename Options, typename Value>
struct Field {
  std::string_view name;
  Value Options::*member;
  bool telling = false;  ///< shown to readers even at its default
  // For an option of a kind (option.hpp).
  std::string_view meaning = {};
  Limits limits = {};
};
// Clang before 17 does not deduce an aggregate's arguments by itself.
template <typename Options, typename Value>
Field(std::string_view, Value Options::*, bool = false) -> Field<Options, Value>;

/// The field of an option of a kind.
template <typename Options, typename Value>
constexpr Field<Options, Value> option(std::string_view name, Value Options::*member,
                                       std::string_view meaning, Limits limits = {}) {
  return {name, member, false, meaning, limits};
}

template <typename Options>
inline constexpr auto fields = std::tuple();

/// For layers without options.
struct NoOptions {};

// A pair of equal numbers is one number. A padding is "valid", "same", one number for all sides or
// [top, bottom, left, right].
AttributeValue to_attribute(const Pair& pair);
AttributeValue to_attribute(const Padding& padding);
template <typename Value>
AttributeValue to_attribute(const Value& value) {
  return value;
}

// They do not change `value` if the attribute is absent. They throw UsageError for another type.
void from_attribute(const Attributes& attributes, std::string_view name, bool& value);
void from_attribute(const Attributes& attributes, std::string_view name, std::int64_t& value);
void from_attribute(const Attributes& attributes, std::string_view name, double& value);
void from_attribute(const Attributes& attributes, std::string_view name, std::string& value);
void from_attribute(const Attributes& attributes, std::string_view name, Pair& value);
void from_attribute(const Attributes& attributes, std::string_view name, Padding& value);
void from_attribute(const Attributes& attributes, std::string_view name,
                    std::vector<double>& value);

template <typename Options, typename Visit>
void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, fields<Options>);
}

/// The declarations of a kind's options, with the defaults of the struct.
template <typename Options>
std::vector<Option> options_of() {
  const Options standard;
  std::vector<Option> options;
  for_each_field<Options>([&](const auto& field) {
    options.push_back({std::string(field.name), std::string(field.meaning),
                       to_attribute(standard.*field.member), field.limits});
  });
  return options;
}

template <typename Options>
Attributes write_options(const Options& options) {
  Attributes attributes;
  for_each_field<Options>([&](const auto& field) {
    attributes.set(std::string(field.name), to_attribute(options.*field.member));
  });
  return attributes;
}

template <typename Options>
Options read_options(const Attributes& attributes) {
  Options options;
  for_each_field<Options>(
      [&](const auto& field) { from_attribute(attributes, field.name, options.*field.member); });
  return options;
}

template <typename Options>
void expect_fields(std::string_view owner, const Attributes& attributes) {
  std::vector<std::string_view> known;
  for_each_field<Options>([&](const auto& field) { known.push_back(field.name); });
  attributes.expect_only(owner, known);
}

}  // namespace ridgeline::network
