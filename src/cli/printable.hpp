#pragma once
// Text that is safe for a terminal: no control characters, no characters that it cannot show, no
// lines that are too long. All text for people goes through here, but not JSON.

#include <limits>
#include <string>
#include <string_view>

namespace ridgeline::cli {

/// The page that text is printed on.
struct Page {
  int width = std::numeric_limits<int>::max();  ///< columns of a terminal; a file has no limit
  bool utf8 = true;                             ///< else only ASCII
};

/// Whether the locale uses UTF-8. Sets only LC_CTYPE from the environment, so that numbers are the
/// same in every locale.
bool utf8_locale();

/// A text from outside, such as the name of a class, as part of a line. Control characters, marks
/// of the direction of writing, and bytes that are not UTF-8 become "\n", "\x1b", "\u202e".
std::string printable(std::string_view text, bool utf8);
/// The same for whole lines. Keeps the ends of lines and, with `styles`, the program's styles.
std::string printable_lines(std::string_view text, bool utf8, bool styles);

/// The columns that a text takes. Styles take none, wide characters two.
int columns(std::string_view text);
/// The text in at most `width` columns. A longer text becomes its beginning, "..." and its end.
std::string shortened(std::string_view text, int width);
/// Breaks lines at blanks so that they fit into `width` columns, and indents the new lines as the
/// old ones. Long words, a command(), and lines that begin with "ridgeline" are not broken.
std::string wrapped(std::string_view lines, int width);

/// Makes a text that wrapped() does not break, such as a command to copy.
std::string unbroken(std::string_view text);
/// "ridgeline train --resume 'my run'": a command with a path, which becomes a
/// shell_word(), as unbroken() text.
std::string command(std::string_view words, std::string_view path, std::string_view more = {});

}  // namespace ridgeline::cli
