#include "data/pictures/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::array<std::pair<std::string_view, Filter>, 2> filters{
    {{"nearest", Filter::nearest}, {"bilinear", Filter::bilinear}}};
constexpr std::array<std::pair<std::string_view, Border>, 2> borders{
    {{"fill", Border::fill}, {"reflect", Border::reflect}}};

template <typename Choices, typename Value>
AttributeValue name_of(const Choices& choices, Value value) {
  for (const auto& [name, known] : choices) {
    if (known == value) return std::string(name);
  }
  return std::string();
}

[[noreturn]] void wrong(const std::string& owner, const PictureOption& option,
                        const std::string& must_be, const AttributeValue& given) {
  throw UsageError(fmt::format("{} of the augmentation {} must be {}, not {}", option.name, owner,
                               must_be, text(given)));
}

template <typename Choices, typename Value>
void choose(const std::string& owner, const PictureOption& option, const AttributeValue& given,
            const Choices& choices, Value& to) {
  const auto* word = std::get_if<std::string>(&given);
  std::string names;
  for (const auto& [name, known] : choices) {
    if (word != nullptr && *word == name) {
      to = known;
      return;
    }
    names += fmt::format("{}\"{}\"", names.empty() ? "" : " or ", name);
  }
  wrong(owner, option, names, given);
}

std::string limits(const PictureOption& option) {
  const bool upper = std::isfinite(option.most);
  if (!std::isfinite(option.least)) return upper ? fmt::format("at most {}", option.most) : "";
  return upper ? fmt::format("from {} to {}", option.least, option.most)
               : fmt::format("at least {}", option.least);
}

/// Written so that NaN fails.
bool hold(const PictureOption& option, double number) {
  return number >= option.least && number <= option.most && std::isfinite(number);
}

/// The number of an option of either type.
const double* real(const AttributeValue& given, double& whole) {
  if (const auto* integer = std::get_if<std::int64_t>(&given)) {
    whole = static_cast<double>(*integer);
    return &whole;
  }
  return std::get_if<double>(&given);
}

}  // namespace

AttributeValue to_attribute(double value) {
  return value;
}
AttributeValue to_attribute(std::int64_t value) {
  return value;
}
AttributeValue to_attribute(bool value) {
  return value;
}
AttributeValue to_attribute(Filter value) {
  return name_of(filters, value);
}
AttributeValue to_attribute(Border value) {
  return name_of(borders, value);
}
AttributeValue to_attribute(const Colour& value) {
  return std::vector<std::int64_t>(value.begin(), value.end());
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, double& to) {
  double whole = 0;
  const double* number = real(given, whole);
  if (number == nullptr || !hold(option, *number)) {
    wrong(owner, option, fmt::format("a number {}", limits(option)), given);
  }
  to = *number;
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, std::int64_t& to) {
  const auto* number = std::get_if<std::int64_t>(&given);
  if (number == nullptr || !hold(option, static_cast<double>(*number))) {
    wrong(owner, option, fmt::format("a whole number {}", limits(option)), given);
  }
  to = *number;
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, bool& to) {
  const auto* value = std::get_if<bool>(&given);
  if (value == nullptr) wrong(owner, option, "true or false", given);
  to = *value;
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Filter& to) {
  choose(owner, option, given, filters, to);
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Border& to) {
  choose(owner, option, given, borders, to);
}

void from_attribute(const std::string& owner, const PictureOption& option,
                    const AttributeValue& given, Colour& to) {
  std::vector<std::int64_t> levels;
  if (const auto* one = std::get_if<std::int64_t>(&given)) levels.assign(3, *one);
  if (const auto* three = std::get_if<std::vector<std::int64_t>>(&given)) levels = *three;
  const bool fits = levels.size() == 3 && std::all_of(levels.begin(), levels.end(), [](auto level) {
                      return level >= 0 && level <= 255;
                    });
  if (!fits) wrong(owner, option, "one or three levels from 0 to 255", given);
  for (std::size_t c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>(levels[c]);
}

void check_names(const std::string& owner, const std::vector<PictureOption>& options,
                 const Attributes& given) {
  std::vector<std::string_view> known;
  known.reserve(options.size());
  for (const PictureOption& option : options) known.push_back(option.name);
  given.expect_only(fmt::format("the augmentation {}", owner), known);
  const auto value = [&](const PictureOption& option) -> const AttributeValue& {
    const AttributeValue* own = given.find(option.name);
    return own != nullptr ? *own : option.value;
  };
  for (const PictureOption& least : options) {
    if (!least.name.starts_with("min_")) continue;
    const std::string name = "max_" + least.name.substr(4);
    const auto most = std::find_if(options.begin(), options.end(),
                                   [&](const PictureOption& o) { return o.name == name; });
    double whole = 0, other_whole = 0;
    const double* low = real(value(least), whole);
    const double* high = most == options.end() ? nullptr : real(value(*most), other_whole);
    if (low != nullptr && high != nullptr && *low > *high) {
      throw UsageError(
          fmt::format("{} of the augmentation {} must be at most {}, which is {}, not {}",
                      least.name, owner, name, *high, *low));
    }
  }
}

}  // namespace ridgeline::data
