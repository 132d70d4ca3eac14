#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

constexpr int usual_width = 80;

bool is_terminal(std::FILE* file) {
  return isatty(fileno(file)) != 0;
}

bool is_live(std::FILE* file) {
  const char* term = std::getenv("TERM");
  return is_terminal(file) && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

// https://no-color.org: any value that is not empty counts.
bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color == nullptr || *no_color == '\0';
}

int width_of(std::FILE* terminal) {
  winsize size{};
  const bool known = ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : usual_width;
}

Page page_of(std::FILE* file) {
  Page page{.utf8 = utf8_locale()};
  if (is_terminal(file)) page.width = width_of(file);
  return page;
}

int output_error = 0;  // of the first write to standard output that failed

void put(std::FILE* file, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if ((!whole || std::fflush(file) != 0) && file == stdout && output_error == 0) {
    output_error = errno != 0 ? errno : EIO;
  }
}

/// Prints lines of the program, which may contain text from outside.
void put_lines(std::FILE* file, std::string_view text, bool styles) {
  const Page page = page_of(file);
  put(file, wrapped(printable_lines(text, page.utf8, styles), page.width));
}

}  // namespace

Console::Console(bool json)
    : json_(json),
      out_(json ? stderr : stdout),
      live_(is_live(out_)),
      colour_(live_ && wants_colour()) {}

int Console::width() const {
  return is_terminal(out_) ? width_of(out_) : usual_width;
}

Page Console::page() const {
  return page_of(out_);
}

void Console::write(std::string_view text) {
  clear();
  put_lines(out_, text, colour_);
}

void Console::note(std::string_view sentence) {
  clear();
  put_lines(stderr, fmt::format("{}\n", printable(sentence, true)), false);
}

void Console::redraw(const std::vector<std::string>& lines) {
  if (!live_ || (drawn_ == 0 && lines.empty())) return;
  // The cursor is at the end of the last line.
  std::string text = drawn_ > 1 ? fmt::format("\x1b[{}A", drawn_ - 1) : std::string();
  text += "\r\x1b[J";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // A wrapped line could not be redrawn.
    if (i > 0) text += '\n';
    text += shortened(printable(lines[i], utf8_locale()), width());
  }
  put(out_, text);
  drawn_ = lines.size();
}

std::string Console::styled(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void Console::result(const nlohmann::ordered_json& document) {
  using Handler = nlohmann::ordered_json::error_handler_t;
  // For a terminal, JSON is in ASCII: all characters that could control the terminal are then
  // escaped.
  const bool ascii = is_terminal(stdout);
  put(stdout, document.dump(2, ' ', ascii, Handler::replace) + "\n");
}

void Console::data(std::string_view text) {
  put(stdout,
      is_terminal(stdout) ? printable_lines(text, utf8_locale(), false) : std::string(text));
}

void print_error(std::string_view sentence) {
  const bool colour = is_live(stderr) && wants_colour();
  const std::string text = printable(sentence, true);
  put_lines(stderr,
            fmt::format("{}{}{}\n", colour ? "\x1b[31m" : "", text, colour ? "\x1b[0m" : ""),
            colour);
}

void require_written() {
  if (output_error == 0) return;
  throw ResourceError(fmt::format("the output cannot be written to standard output: {}",
                                  std::generic_category().message(output_error)));
}

}  // namespace ridgeline::cli
