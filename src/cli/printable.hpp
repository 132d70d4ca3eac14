#pragma once
// Text that a terminal may be given: no control characters, no character that it cannot show, no
// line that is longer than it is wide. All that people read goes through here; JSON does not.

#include <limits>
#include <string>
#include <string_view>

namespace ridgeline::cli {

/// What text is printed on.
struct Page {
  int width = std::numeric_limits<int>::max();  ///< columns of a terminal; a file has no limit
  bool utf8 = true;                             ///< else ASCII alone
};

/// Whether the locale's characters are UTF-8's. Reads LC_CTYPE from the environment, and nothing
/// else of it: numbers are the same in every locale.
bool utf8_locale();

/// A text from outside, such as the name of a class, as part of a line. Control characters, those
/// that turn the direction of writing, and bytes that are not UTF-8 become "\n", "\x1b", "\u202e".
std::string printable(std::string_view text, bool utf8);
/// The same for whole lines. The ends of lines stay, and with `styles` our own styles stay too.
std::string printable_lines(std::string_view text, bool utf8, bool styles);

/// How many columns a text takes: styles none, wide characters two.
int columns(std::string_view text);
/// The text in at most `width` columns: where it is longer, its beginning and end with "..."
/// between them.
std::string shortened(std::string_view text, int width);
/// The lines broken at blanks so that they fit into `width` columns; what follows a break is
/// indented as the line is. A longer word is not broken, and neither is a command(), nor a line
/// that begins with "ridgeline".
std::string wrapped(std::string_view lines, int width);

/// A text that wrapped() does not break, such as a command to copy.
std::string unbroken(std::string_view text);
/// "ridgeline train --resume 'my run'": a command with a path, which becomes a
/// shell_word(), as unbroken() text.
std::string command(std::string_view words, std::string_view path, std::string_view more = {});

}  // namespace ridgeline::cli
