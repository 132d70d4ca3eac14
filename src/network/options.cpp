#include "network/options.hpp"

#include <array>

namespace ridgeline::network {

AttributeValue to_attribute(const Pair& pair) {
  if (pair.height == pair.width) return pair.height;
  return std::vector{pair.height, pair.width};
}

AttributeValue to_attribute(const Padding& padding) {
  if (padding.kind == Padding::Kind::valid) return "valid";
  if (padding.kind == Padding::Kind::same) return "same";
  if (padding == Padding::pixels(padding.top)) return padding.top;
  return std::vector{padding.top, padding.bottom, padding.left, padding.right};
}

void from_attribute(const Attributes& attributes, std::string_view name, bool& value) {
  value = attributes.boolean(name, value);
}
void from_attribute(const Attributes& attributes, std::string_view name, std::int64_t& value) {
  value = attributes.integer(name, value);
}
void from_attribute(const Attributes& attributes, std::string_view name, double& value) {
  value = attributes.real(name, value);
}
void from_attribute(const Attributes& attributes, std::string_view name, std::string& value) {
  value = attributes.text(name, value);
}
void from_attribute(const Attributes& attributes, std::string_view name,
                    std::vector<double>& value) {
  value = attributes.reals(name, value);
}

void from_attribute(const Attributes& attributes, std::string_view name, Pair& value) {
  const auto sizes = attributes.integers(name, {value.height, value.width});
  require(sizes.size() == 2, "{} must be one number or two, [height, width], not {}", name,
          text(sizes));
  value = Pair(sizes[0], sizes[1]);
}

void from_attribute(const Attributes& attributes, std::string_view name, Padding& value) {
  const AttributeValue* attribute = attributes.find(name);
  if (!attribute) return;
  if (const auto* word = std::get_if<std::string>(attribute)) {
    constexpr std::array<std::string_view, 2> words = {"valid", "same"};
    require(*word == words[0] || *word == words[1], "there is no {} '{}': {}", name, *word,
            suggestion(*word, words));
    value = *word == "same" ? Padding::same() : Padding::valid();
    return;
  }
  const auto* sides = std::get_if<std::vector<std::int64_t>>(attribute);
  const auto* all = std::get_if<std::int64_t>(attribute);
  require(all || (sides && sides->size() == 4),
          "{} must be 'valid', 'same', a number of pixels or [top, bottom, left, right], not {}",
          name, text(*attribute));
  value =
      all ? Padding::pixels(*all)
          : Padding{Padding::Kind::explicit_, (*sides)[0], (*sides)[1], (*sides)[2], (*sides)[3]};
}

}  // namespace ridgeline::network
