#pragma once
// Structs of options as lists of named values.

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
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

AttributeValue to_attribute(double value);
AttributeValue to_attribute(std::int64_t value);
AttributeValue to_attribute(bool value);
AttributeValue to_attribute(Filter value);
AttributeValue to_attribute(Border value);
AttributeValue to_attribute(const Colour& value);

/// Puts `given` into `to`. `owner` is the augmentation. Throw UsageError for another type or a
/// number out of its limits.
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, double& to);
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, std::int64_t& to);
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, bool& to);
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Filter& to);
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Border& to);
void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Colour& to);

/// Throws UsageError for names that are no options, and for a min_NAME above its max_NAME.
void check_names(const std::string& owner, const std::vector<PictureOption>& options,
                 const Attributes& given);

/// Throws UsageError for what the limits of one option cannot say. table.cpp has the
/// augmentations with such rules.
template <typename Options>
void check_together(const Options&) {}

/// `change(options, image, draw, scratch)` with the options of a struct.
template <typename Options, typename Change>
PictureKind picture_kind(std::string name, std::string meaning, bool geometric,
                         std::vector<PictureField<Options>> fields, Change change) {
  PictureKind kind{std::move(name), std::move(meaning), geometric, {}, {}};
  [[maybe_unused]] const Options defaults{};
  if constexpr (!std::is_empty_v<Options>) {
    for (const auto& field : fields) {
      const AttributeValue value =
          std::visit([&](auto member) { return to_attribute(defaults.*member); }, field.member);
      kind.options.push_back({field.name, field.meaning, value, field.least, field.most});
    }
  }
  kind.make = [name = kind.name, options = kind.options, fields = std::move(fields),
               change](const Attributes& given) -> ChangePicture {
    check_names(name, options, given);
    Options chosen{};
    if constexpr (!std::is_empty_v<Options>) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const AttributeValue* value = given.find(options[i].name);
        if (value == nullptr) continue;
        std::visit([&](auto member) { from_attribute(name, options[i], *value, chosen.*member); },
                   fields[i].member);
      }
    }
    check_together(chosen);
    return [chosen, change](Image& image, const PictureDraw& draw, PictureScratch& scratch) {
      return change(chosen, image, draw, scratch);
    };
  };
  return kind;
}

}  // namespace ridgeline::data
