#include "network/call.hpp"

#include <charconv>
#include <cmath>

#include "options/check.hpp"

namespace ridgeline::network {

Call parse_call(std::string_view what, std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return {std::string(text), {}};
  const char* const begin = text.data() + open + 1;
  const char* const end = text.data() + text.size() - (text.ends_with(')') ? 1 : 0);
  double number = 0;
  const auto parsed = std::from_chars(begin, end, number);
  require(
      text.ends_with(')') && parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(number),
      "{} '{}' must be a name or a name with a number, such as name(0.1)", what, text);
  return {std::string(text.substr(0, open)), number};
}

}  // namespace ridgeline::network
