#pragma once
// Turns structs of options into kinds with options.

#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "data/pictures/table.hpp"

namespace ridgeline::data {

/// An option and the member of the struct that holds it.
template <typename Options>
struct PictureField {
  std::string name, meaning;
  std::variant<double Options::*, std::int64_t Options::*, bool Options::*, Filter Options::*,
               Border Options::*, Colour Options::*>
      member;
  Limits limits = {};
};

// An option whose default is `value`. Only numbers use `limits`.
Option option_of(std::string name, std::string meaning, double value, Limits limits);
Option option_of(std::string name, std::string meaning, std::int64_t value, Limits limits);
Option option_of(std::string name, std::string meaning, bool value, Limits limits);
Option option_of(std::string name, std::string meaning, Filter value, Limits limits);
Option option_of(std::string name, std::string meaning, Border value, Limits limits);
Option option_of(std::string name, std::string meaning, const Colour& value, Limits limits);

// Put a value that option_of's option allows into `to`.
void from_attribute(const AttributeValue& value, double& to);
void from_attribute(const AttributeValue& value, std::int64_t& to);
void from_attribute(const AttributeValue& value, bool& to);
void from_attribute(const AttributeValue& value, Filter& to);
void from_attribute(const AttributeValue& value, Border& to);
void from_attribute(const AttributeValue& value, Colour& to);

/// Throws UsageError for a min_NAME above its max_NAME. The options are complete.
void check_pairs(std::string_view augmentation, const Attributes& options);

/// Throws UsageError for rules about several options. table.cpp has the augmentations with such
/// rules.
template <typename Options>
void check_together(const Options&) {}

/// `change(options, image, draw, scratch)` with the options of a struct.
template <typename Options, typename Change>
PictureKind picture_kind(Kind kind, bool geometric, std::vector<PictureField<Options>> fields,
                         Change change) {
  [[maybe_unused]] const Options defaults{};
  if constexpr (!std::is_empty_v<Options>) {
    for (const auto& field : fields) {
      std::visit(
          [&](auto member) {
            kind.options.push_back(
                option_of(field.name, field.meaning, defaults.*member, field.limits));
          },
          field.member);
    }
  }
  const auto make = [kind, fields = std::move(fields),
                     change](const Attributes& given) -> ChangePicture {
    const Attributes all = kind.complete(given, kind.name + ": ");
    check_pairs(kind.name, all);
    Options chosen{};
    if constexpr (!std::is_empty_v<Options>) {
      for (const auto& field : fields) {
        std::visit([&](auto member) { from_attribute(*all.find(field.name), chosen.*member); },
                   field.member);
      }
    }
    check_together(chosen);
    return [chosen, change](Image& image, const PictureDraw& draw, PictureScratch& scratch) {
      return change(chosen, image, draw, scratch);
    };
  };
  return {std::move(kind), geometric, make};
}

}  // namespace ridgeline::data
