#include "data/augmentation_words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "network/check.hpp"

namespace ridgeline::data {
namespace {

using network::require;

AttributeValue value_of(std::string_view text, std::string_view word, const Option* option) {
  if (option && std::holds_alternative<std::string>(option->value)) return std::string(word);
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
    const std::string_view word = words.substr(0, words.find(','));
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
