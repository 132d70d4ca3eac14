#include "data/augmentation_words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "options/check.hpp"

namespace ridgeline::data {
namespace {

/// Where the first value of a list ends: at a comma outside of brackets.
std::size_t end_of_first(std::string_view words) {
  int open = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    open += words[i] == '[' ? 1 : words[i] == ']' ? -1 : 0;
    if (words[i] == ',' && open == 0) return i;
  }
  return words.size();
}

std::vector<std::int64_t> list_of(std::string_view text, std::string_view word) {
  require(word.ends_with(']'), "augmentation \"{}\": the list {} does not end in ]", text, word);
  std::vector<std::int64_t> list;
  for (std::string_view rest = word.substr(1, word.size() - 2); !rest.empty();) {
    std::string_view number = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(number.size() + 1, rest.size()));
    number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
    std::int64_t value = 0;
    const char* end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, value);
    require(read.ec == std::errc{} && read.ptr == end,
            "augmentation \"{}\": '{}' is no whole number", text, number);
    list.push_back(value);
  }
  return list;
}

AttributeValue value_of(std::string_view text, std::string_view word, const Option* option) {
  if (option && std::holds_alternative<std::string>(option->value)) return std::string(word);
  if (word.starts_with('[')) return list_of(text, word);
  if (word == "true" || word == "false") return word == "true";
  std::int64_t whole = 0;
  const char* end = word.data() + word.size();
  if (const auto read = std::from_chars(word.data(), end, whole);
      read.ec == std::errc{} && read.ptr == end) {
    return whole;
  }
  double real = 0;
  const auto read = std::from_chars(word.data(), end, real);
  require(read.ec == std::errc{} && read.ptr == end && std::isfinite(real),
          "augmentation \"{}\": '{}' is not a number, true or false", text, word);
  return real;
}

}  // namespace

Attributes augmentation_options(const Kind& kind, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view words = text.substr(colon + 1);
  Attributes options;
  if (words.find('=') == std::string_view::npos) {
    require(!kind.options.empty(), "augmentation \"{}\": {} has no options", text, kind.name);
    const Option& first = kind.options.front();
    options.set(first.name, value_of(text, words, &first));
    return options;
  }
  while (!words.empty()) {
    const std::string_view word = words.substr(0, end_of_first(words));
    const std::size_t equals = word.find('=');
    require(equals != std::string_view::npos, "augmentation \"{}\": '{}' is not OPTION=NUMBER",
            text, word);
    const std::string_view name = word.substr(0, equals);
    options.set(std::string(name), value_of(text, word.substr(equals + 1), kind.find(name)));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return options;
}

}  // namespace ridgeline::data
