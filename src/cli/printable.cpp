#include "cli/printable.hpp"

#include <fmt/format.h>
#include <langinfo.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <cwchar>
#include <utility>

#include "tensor/shell_word.hpp"

namespace ridgeline::cli {
namespace {

// A code that no text contains: Unicode reserves it for use inside programs.
constexpr std::string_view unbreakable = "\ufdd0";

constexpr std::array<std::string_view, 5> styles_of_ours{"\x1b[0m", "\x1b[1m", "\x1b[2m",
                                                         "\x1b[31m", "\x1b[36m"};

/// ASCII for the characters that the program's texts use.
constexpr std::array<std::pair<char32_t, std::string_view>, 31> in_ascii{{
    {U'λ', "lambda"}, {U'η', "eta"}, {U'Σ', "sum"}, {U'√', "sqrt"}, {U'±', "+-"}, {U'×', "x"},
    {U'·', "."},      {U'−', "-"},   {U'–', "-"},   {U'²', "^2"},   {U'₀', "0"},  {U'₁', "1"},
    {U'₂', "2"},      {U'ᵀ', "^T"},  {U'‖', "||"},  {U'→', "->"},   {U'←', "<-"}, {U'↑', "^"},
    {U'↓', "v"},      {U'≥', ">="},  {U'≤', "<="},  {U'…', "..."},  {U'━', "="},  {U'─', "-"},
    {U'┈', "-"},      {U'│', "|"},   {U'┤', "+"},   {U'┴', "+"},    {U'●', "*"},  {U'○', "o"},
    {U'\ufdd0', " "},
}};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first character of a text that is not empty. Overlong forms, surrogates and codes beyond
/// Unicode are not valid.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
  char32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool valid = code >= least[bytes] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? Character{code, bytes, true} : Character{lead, 1, false};
}

bool is_control(char32_t code) {
  const bool turns_direction = code == 0x61c || code == 0x200e || code == 0x200f ||
                               (code >= 0x202a && code <= 0x202e) ||
                               (code >= 0x2066 && code <= 0x2069);
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         turns_direction;
}

std::string escaped(const Character& character) {
  switch (character.code) {
    case U'\n':
      return "\\n";
    case U'\r':
      return "\\r";
    case U'\t':
      return "\\t";
    default:
      break;
  }
  const auto code = static_cast<unsigned>(character.code);
  if (!character.valid || code < 0x80) return fmt::format("\\x{:02x}", code);
  return code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

std::string ascii(const Character& character) {
  const auto* known =
      std::ranges::find(in_ascii, character.code, &std::pair<char32_t, std::string_view>::first);
  return known == in_ascii.end() ? escaped(character) : std::string(known->second);
}

/// The program's style at the beginning of `text`, or nothing.
std::string_view leading_style(std::string_view text) {
  for (const std::string_view style : styles_of_ours) {
    if (text.starts_with(style)) return style;
  }
  return {};
}

struct Kept {
  bool line_ends = false;  ///< also the unbreakable blanks: wrapped() needs both
  bool styles = false;
};

std::string clean(std::string_view text, bool utf8, Kept kept) {
  std::string result;
  while (!text.empty()) {
    const std::string_view style = kept.styles ? leading_style(text) : std::string_view();
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, std::max(style.size(), character.bytes));
    const bool of_lines = character.code == U'\n' || bytes == unbreakable;
    if (!style.empty() || (kept.line_ends && of_lines)) {
      result += bytes;
    } else if (!character.valid || is_control(character.code)) {
      result += escaped(character);
    } else {
      result += utf8 || character.code < 0x80 ? std::string(bytes) : ascii(character);
    }
    text.remove_prefix(bytes.size());
  }
  return result;
}

/// The part of the text that fits into `width` columns, from its beginning or (`from_end`) its end.
std::string_view part_of(std::string_view text, int width, bool from_end) {
  std::string_view part = from_end ? text : std::string_view();
  while (from_end ? columns(part) > width : part.size() < text.size()) {
    if (from_end) {
      part.remove_prefix(first_character(part).bytes);
      continue;
    }
    const auto longer =
        text.substr(0, part.size() + first_character(text.substr(part.size())).bytes);
    if (columns(longer) > width) break;
    part = longer;
  }
  return part;
}

std::string wrapped_line(std::string_view line, int width) {
  const std::string indent(std::min(line.find_first_not_of(' '), line.size()), ' ');
  std::string text, row;
  bool begun = false;  // whether the row has a word
  for (std::size_t from = indent.size(); from <= line.size();) {
    const std::size_t end = std::min(line.find(' ', from), line.size());
    const std::string_view word = line.substr(from, end - from);
    if (!begun) {
      row = indent + std::string(word);
    } else if (columns(row) + 1 + columns(word) > width) {
      row.erase(row.find_last_not_of(' ') + 1);
      text += row + "\n";
      row = indent + std::string(word);
    } else {
      row.append(" ").append(word);
    }
    begun = true;
    from = end + 1;
  }
  return text + row;
}

}  // namespace

bool utf8_locale() {
  static const bool utf8 = [] {
    std::setlocale(LC_CTYPE, "");
    return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  }();
  return utf8;
}

std::string printable(std::string_view text, bool utf8) {
  return clean(text, utf8, {});
}

std::string printable_lines(std::string_view text, bool utf8, bool styles) {
  return clean(text, utf8, {.line_ends = true, .styles = styles});
}

int columns(std::string_view text) {
  int count = 0;
  while (!text.empty()) {
    const std::string_view style = leading_style(text);
    const Character character = first_character(text);
    if (style.empty()) {
      // wcwidth() is -1 for characters that the locale does not know.
      const int width = character.code < 0x80 ? 1 : wcwidth(static_cast<wchar_t>(character.code));
      count += width < 0 ? 1 : width;
    }
    text.remove_prefix(std::max(style.size(), character.bytes));
  }
  return count;
}

std::string shortened(std::string_view text, int width) {
  constexpr std::string_view gap = "...";
  if (columns(text) <= width) return std::string(text);
  if (width < 8) return std::string(part_of(text, width, false));
  const int kept = width - static_cast<int>(gap.size());
  return fmt::format("{}{}{}", part_of(text, kept - kept / 2, false), gap,
                     part_of(text, kept / 2, true));
}

std::string wrapped(std::string_view lines, int width) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    // If the terminal itself wraps a command, it is still copied as one line.
    const bool whole =
        columns(line) <= width ||
        line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("ridgeline ");
    text += whole ? std::string(line) : wrapped_line(line, width);
    if (end < lines.size()) text += '\n';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  for (std::size_t at = 0; (at = text.find(unbreakable, at)) != std::string::npos;) {
    text.replace(at, unbreakable.size(), " ");
  }
  return text;
}

std::string unbroken(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == ' ' ? std::string(unbreakable) : std::string(1, c);
  return result;
}

std::string command(std::string_view words, std::string_view path, std::string_view more) {
  const std::string_view here = path.starts_with('-') ? "./" : "";  // so that it is not an option
  return unbroken(fmt::format("{} {}{}{}", words, shell_word(fmt::format("{}{}", here, path)),
                              more.empty() ? "" : " ", more));
}

}  // namespace ridgeline::cli
