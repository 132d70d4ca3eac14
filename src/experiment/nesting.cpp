#include "experiment/nesting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "ridgeline/error.hpp"

namespace ridgeline::experiment {
namespace {

constexpr int deepest = 32;

/// The end of the string or comment that begins at `from`. As in TOML, a string in single quotes or
/// in one pair of quotes ends with its line at the latest.
std::size_t end_of(std::string_view text, std::size_t from) {
  const char quote = text[from];
  if (quote == '#') return std::min(text.find('\n', from), text.size());
  const std::string three(3, quote);
  const bool lines = text.substr(from).starts_with(three);
  const std::string_view closing = std::string_view(three).substr(0, lines ? 3 : 1);
  for (std::size_t at = from + closing.size(); at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text.substr(at).starts_with(closing)) {
      return at + closing.size();
    } else if (text[at] == '\n' && !lines) {
      return at;
    }
  }
  return text.size();
}

}  // namespace

void check_nesting(std::string_view text, std::string_view file) {
  int depth = 0, dots = 0, line = 1;
  const auto refuse = [&](std::string_view what) {
    const std::string where = file.empty() ? std::string() : fmt::format("{}:{}: ", file, line);
    throw UsageError(fmt::format("{}{} {}", where, what, deepest));
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'' || c == '#') {
      const std::size_t end = end_of(text, at);
      line += static_cast<int>(std::ranges::count(text.substr(at, end - at), '\n'));
      at = end - 1;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == '.') {
      ++dots;
    } else if (c == '=' || c == ',' || c == '\n' || c == '[' || c == '{') {
      dots = 0;
    }
    if (c == '\n') ++line;
    if (depth > deepest) refuse("arrays and tables must not be nested deeper than");
    if (dots >= deepest) refuse("the parts of a key must not be more than");
  }
}

}  // namespace ridgeline::experiment
